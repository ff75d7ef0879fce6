#include "client/shell/redis_speaker.h"

#include "client/errors.h"
#include "client/resp_request.h"
#include "common/words.h"

#include <algorithm>
#include <utility>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

template <std::size_t Count>
bool is_one_of(const std::string& name, const std::string_view (&names)[Count])
{
    return std::find(std::begin(names), std::end(names), in_small_letters(name)) != std::end(names);
}

/// Commands whose 0 means "no": no such key, or the condition did not hold.
constexpr std::string_view yes_or_no[] = {
    "copy",      "del",   "delete", "exists",  "expire",  "expireat",  "hdel",     "hexists",
    "hsetnx",    "move",  "msetnx", "persist", "pexpire", "pexpireat", "renamenx", "setnx",
    "sismember", "smove", "touch",  "unlink",  "zrem",    "srem",      "lrem",
};

/// Commands that end the connection, with or without an answer.
constexpr std::string_view endings[] = {"quit", "shutdown"};

/// Where a command states how long the server may block.
enum class Wait {
    last_seconds,
    first_seconds,
    second_seconds,
    last_milliseconds,
    block_milliseconds,  ///< after the word BLOCK, if present
};
constexpr std::pair<std::string_view, Wait> waiting[] = {
    {"blpop", Wait::last_seconds},
    {"brpop", Wait::last_seconds},
    {"blmove", Wait::last_seconds},
    {"brpoplpush", Wait::last_seconds},
    {"bzpopmin", Wait::last_seconds},
    {"bzpopmax", Wait::last_seconds},
    {"blmpop", Wait::first_seconds},
    {"bzmpop", Wait::first_seconds},
    {"debug", Wait::second_seconds},
    {"wait", Wait::last_milliseconds},
    {"waitaof", Wait::last_milliseconds},
    {"xread", Wait::block_milliseconds},
    {"xreadgroup", Wait::block_milliseconds},
};

/// The index of that word in `command`; 0: none.
std::size_t waiting_word(const Command& command, Wait wait)
{
    switch (wait) {
        case Wait::first_seconds: return command.size() > 1 ? 1 : 0;
        case Wait::second_seconds:  // DEBUG SLEEP
            return command.size() > 2 && in_small_letters(command[1]) == "sleep" ? 2 : 0;
        case Wait::block_milliseconds:
            for (std::size_t i = 1; i + 1 < command.size(); ++i) {
                if (in_small_letters(command[i]) == "block") return i + 1;
            }
            return 0;
        case Wait::last_seconds:
        case Wait::last_milliseconds: break;
    }
    return command.size() - 1;
}

/// How long to wait for the reply to `command` beyond the usual time. 0 means no limit; fractions
/// are rounded up; the server refuses invalid numbers.
std::chrono::milliseconds patience_for(const Command& command)
{
    const std::string name = in_small_letters(command[0]);
    const auto* row = std::find_if(std::begin(waiting), std::end(waiting),
                                   [&](const auto& each) { return each.first == name; });
    const std::size_t word = row == std::end(waiting) ? 0 : waiting_word(command, row->second);
    if (word == 0) return std::chrono::milliseconds(0);
    const std::string& text = command[word];
    const auto number = parse_number<std::uint32_t>(text.substr(0, text.find('.')));
    if (text == "0" && row->second != Wait::second_seconds) return client::Connection::for_ever;
    if (!number) return std::chrono::milliseconds(0);
    const bool is_seconds =
        row->second != Wait::last_milliseconds && row->second != Wait::block_milliseconds;
    return std::chrono::milliseconds((*number + std::uint64_t{1}) * (is_seconds ? 1000 : 1));
}

/// Commands that answer with text for people, as in redis-cli: a verbatim string in RESP3, an
/// ordinary string in RESP2.
bool answers_with_text(const Command& command)
{
    constexpr std::string_view names[] = {"info", "lolwut"};
    constexpr std::pair<std::string_view, std::string_view> pairs[] = {
        {"client", "list"},       {"client", "info"},   {"cluster", "info"},
        {"cluster", "nodes"},     {"latency", "graph"}, {"latency", "doctor"},
        {"memory", "doctor"},     {"debug", "htstats"}, {"memory", "malloc-stats"},
        {"debug", "htstats-key"},
    };
    if (is_one_of(command[0], names)) return true;
    if (command.size() < 2) return false;
    const std::string name = in_small_letters(command[0]);
    const std::string part = in_small_letters(command[1]);
    return std::any_of(std::begin(pairs), std::end(pairs),
                       [&](const auto& pair) { return pair.first == name && pair.second == part; });
}

constexpr std::string_view streams[] = {"monitor", "subscribe", "psubscribe", "ssubscribe"};

bool has_null(const Value& reply)
{
    return std::any_of(reply.elements.begin(), reply.elements.end(),
                       [](const Value& value) { return value.type == Type::null; });
}

}  // namespace

std::vector<Value> RedisSpeaker::ask_all(std::span<const Command> commands)
{
    constexpr std::size_t most_bytes_ahead = std::size_t{16} << 10;  // as memcached_speaker.cpp
    std::vector<Value> replies;
    while (replies.size() < commands.size()) {
        client::Exchange whole(*connection_);
        std::size_t bytes = 0;
        std::size_t sent = replies.size();
        do {
            const std::string request = client::resp_request(commands[sent]);
            if (bytes > 0 && bytes + request.size() > most_bytes_ahead) break;
            connection_->write(request);
            bytes += request.size();
        } while (++sent < commands.size());
        while (replies.size() < sent) replies.push_back(read_reply(commands[replies.size()]));
        // A refused SHUTDOWN does not end the connection.
        if (replies.back().type == Type::error || !is_one_of(commands[sent - 1][0], endings)) {
            whole.complete();
        }
    }
    return replies;
}

Value RedisSpeaker::read_reply(const Command& command)
{
    try {
        Value reply;
        do {
            connection_->begin_reply(patience_for(command));
            reply = connection_->read_value();
            connection_->end_reply();
            // In RESP3 push messages may come before the reply.
        } while (reply.type == Type::push);
        if (reply.type == Type::bulk && answers_with_text(command)) {
            reply.type = Type::verbatim;
            reply.text.insert(0, "txt:");
        }
        return reply;
    } catch (const ConnectionLost&) {
        if (is_one_of(command[0], endings)) return {Type::simple, {}, {}};
        throw;
    }
}

bool RedisSpeaker::is_stream(const Command& command) const
{
    return is_one_of(command[0], streams);
}

void RedisSpeaker::listen(const Command& command, std::chrono::milliseconds patience,
                          const std::function<bool(const Value&)>& take)
{
    client::Exchange whole(*connection_);
    connection_->write(client::resp_request(command));
    Value message;
    std::chrono::milliseconds waits{0};
    for (;;) {
        connection_->begin_reply(std::exchange(waits, patience));
        message = connection_->read_value();
        connection_->end_reply();
        const bool is_last = message.type == Type::error;
        if (is_last) whole.complete();
        if (!take(message) || is_last) return;
    }
}

ExitCode RedisSpeaker::judge(const Command& command, const Value& reply) const
{
    if (has_error(reply)) return ExitCode::server_error;
    constexpr std::string_view lookups[] = {"mget", "hmget", "zmscore"};
    const bool is_no =
        reply.type == Type::null ||
        (reply.type == Type::integer && reply.text == "0" && is_one_of(command[0], yes_or_no)) ||
        (has_null(reply) && is_one_of(command[0], lookups));
    return is_no ? ExitCode::miss : ExitCode::done;
}

}  // namespace kv::shell
