#include "client/shell/memcached_speaker.h"

#include "client/errors.h"
#include "client/memcached_replies.h"
#include "client/shell/letter_case.h"
#include "client/shell/memcached_reply.h"
#include "common/words.h"

#include <algorithm>
#include <utility>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// How many of `requests` go out before their replies are read: while we write we do not read, and
/// a server whose replies we do not read stops reading us.
std::size_t batch_size(std::span<const MemcachedRequest> requests)
{
    constexpr std::size_t most_bytes_ahead = std::size_t{16} << 10;
    std::size_t bytes = requests[0].bytes.size();
    std::size_t count = 1;
    while (count < requests.size() && bytes + requests[count].bytes.size() <= most_bytes_ahead) {
        bytes += requests[count++].bytes.size();
    }
    return count;
}

}  // namespace

std::vector<Value> MemcachedSpeaker::ask_all(std::span<const Command> commands)
{
    std::vector<MemcachedRequest> requests;
    requests.reserve(commands.size());
    for (const Command& command : commands) requests.push_back(memcached_request(command));
    std::vector<Value> replies;
    while (replies.size() < commands.size()) {
        const std::size_t first = replies.size();
        const std::size_t count = batch_size(std::span(requests).subspan(first));
        for (Value& reply :
             ask_batch(commands.subspan(first, count), std::span(requests).subspan(first, count))) {
            replies.push_back(std::move(reply));
        }
    }
    return replies;
}

std::vector<Value> MemcachedSpeaker::ask_batch(std::span<const Command> commands,
                                               std::span<const MemcachedRequest> requests)
{
    client::Exchange whole(*connection_);
    for (const MemcachedRequest& request : requests) connection_->write(request.bytes);
    std::vector<Value> replies;
    bool is_in_step = true;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        replies.push_back(read_answer(commands[i], requests[i]));
        // "ERROR" says that the name is unknown: then the server has taken the value for more
        // commands, and how many errors that makes nobody can tell.
        if (requests[i].has_block && replies.back() == Value{Type::error, "ERROR", {}}) {
            is_in_step = false;
        }
        if (requests[i].end == ReplyEnd::close) is_in_step = false;
    }
    if (is_in_step) whole.complete();
    return replies;
}

Value MemcachedSpeaker::read_answer(const Command& command, const MemcachedRequest& request)
{
    switch (request.end) {
        case ReplyEnd::version: return read_until("VERSION ");
        case ReplyEnd::no_op: return read_until("MN");
        case ReplyEnd::close: return read_goodbye();
        case ReplyEnd::whole: break;
    }
    return read_memcached_reply(*connection_, command);
}

bool MemcachedSpeaker::is_stream(const Command& command) const
{
    return lower_case(command[0]) == "watch";
}

void MemcachedSpeaker::listen(const Command& command, std::chrono::milliseconds patience,
                              const std::function<bool(const Value&)>& take)
{
    client::Exchange whole(*connection_);
    connection_->write(memcached_request(command).bytes);
    Value line;
    std::chrono::milliseconds waits{0};
    for (;;) {
        connection_->begin_reply(std::exchange(waits, patience));
        line.text = connection_->read_line();
        line.type = client::is_error(line.text) ? Type::error : Type::simple;
        connection_->end_reply();
        const bool is_last = line.type == Type::error || ends_memcached_reply(line.text) ||
                             line.text.starts_with("BUSY");
        if (is_last) whole.complete();
        if (!take(line) || is_last) return;
    }
}

/// Whatever comes before the line that begins with `end_mark`: nothing, if all went well.
Value MemcachedSpeaker::read_until(std::string_view end_mark)
{
    Value replies{Type::array, {}, {}};
    for (;;) {
        Value reply = read_memcached_reply(*connection_, {"noreply"});
        if (reply.type == Type::simple && reply.text.starts_with(end_mark)) break;
        replies.elements.push_back(std::move(reply));
    }
    if (replies.elements.empty()) return {Type::simple, {}, {}};
    return replies.elements.size() == 1 ? std::move(replies.elements[0]) : replies;
}

Value MemcachedSpeaker::read_goodbye()
{
    try {
        return read_memcached_reply(*connection_, {"quit"});
    } catch (const ConnectionLost&) {
        return {Type::simple, {}, {}};
    }
}

ExitCode MemcachedSpeaker::judge(const Command&, const Value& reply) const
{
    constexpr std::string_view noes[] = {"NOT_FOUND", "NOT_STORED", "EXISTS", "EN",
                                         "NF",        "NS",         "EX"};
    if (has_error(reply)) return ExitCode::server_error;
    const std::string_view code = split_words<1>(reply.text)[0];
    const bool is_no = reply.type == Type::null ||
                       (reply.type == Type::simple &&
                        std::find(std::begin(noes), std::end(noes), code) != std::end(noes)) ||
                       std::any_of(reply.elements.begin(), reply.elements.end(),
                                   [](const Value& value) { return value.type == Type::null; });
    return is_no ? ExitCode::miss : ExitCode::done;
}

}  // namespace kv::shell
