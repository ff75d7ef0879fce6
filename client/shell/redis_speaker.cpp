#include "client/shell/redis_speaker.h"

#include "client/errors.h"
#include "client/resp_request.h"
#include "common/letter_case.h"
#include "common/parse_number.h"

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

/// Commands whose 0 means "no": there was none, or the condition did not hold.
constexpr std::string_view yes_or_no[] = {
    "copy",      "del",   "delete", "exists",  "expire",  "expireat",  "hdel",     "hexists",
    "hsetnx",    "move",  "msetnx", "persist", "pexpire", "pexpireat", "renamenx", "setnx",
    "sismember", "smove", "touch",  "unlink",  "zrem",    "srem",      "lrem",
};

/// Commands that end the connection, with or without an answer.
constexpr std::string_view endings[] = {"quit", "shutdown"};

/// Commands whose last argument says how many seconds the server may wait, 0 being for ever.
constexpr std::string_view waiting[] = {"blpop",      "brpop",    "blmove",
                                        "brpoplpush", "bzpopmin", "bzpopmax"};

std::chrono::milliseconds patience_for(const Command& command)
{
    if (in_small_letters(command[0]) == "xread") return client::Connection::for_ever;
    if (!is_one_of(command[0], waiting)) return std::chrono::milliseconds(0);
    // A fraction is rounded up; the server refuses what is no number.
    const std::string& last = command.back();
    const auto seconds = parse_number<std::uint32_t>(last.substr(0, last.find('.')));
    if (last == "0") return client::Connection::for_ever;
    return std::chrono::seconds(seconds ? *seconds + std::uint64_t{1} : 0);
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
        if (!is_one_of(commands[sent - 1][0], endings)) whole.complete();
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
    constexpr std::string_view lookups[] = {"mget", "hmget"};
    const bool is_no =
        reply.type == Type::null ||
        (reply.type == Type::integer && reply.text == "0" && is_one_of(command[0], yes_or_no)) ||
        (has_null(reply) && is_one_of(command[0], lookups));
    return is_no ? ExitCode::miss : ExitCode::done;
}

}  // namespace kv::shell
