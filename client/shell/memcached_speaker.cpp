#include "client/shell/memcached_speaker.h"

#include "client/errors.h"
#include "client/memcached_replies.h"
#include "common/words.h"

#include <algorithm>
#include <map>
#include <utility>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

Value bulk(std::string text)
{
    return {Type::bulk, std::move(text), {}};
}

Value simple(std::string_view text)
{
    return {Type::simple, std::string(text), {}};
}

Value number(std::uint64_t value)
{
    return {Type::integer, std::to_string(value), {}};
}

bool is_retrieval(std::string_view name)
{
    return name == "get" || name == "gets" || name == "gat" || name == "gats";
}

/// The keys of a get, gets, gat or gats.
std::span<const std::string> asked_keys(const Command& command)
{
    const bool is_touching = command[0][1] == 'a' || command[0][1] == 'A';
    return std::span(command).subspan(is_touching ? 2 : 1);
}

Value described(Hit&& item)
{
    return {Type::map,
            {},
            {simple("value"), bulk(std::move(item.value)), simple("flags"), number(item.flags),
             simple("cas"), number(item.cas)}};
}

/// Whether a reply that begins with `line` goes on to a final END or the like.
bool begins_list(std::string_view line)
{
    return line.starts_with("key=") || line.starts_with("ITEM ") || line.starts_with("PREFIX ") ||
           line.starts_with("mg ");
}

/// Whether `line` may begin a reply: a word in capitals, a number, or a line of a list.
bool is_reply(std::string_view line)
{
    const std::string_view word = line.substr(0, line.find(' '));
    const bool is_code = !word.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") ==
                                              std::string_view::npos;
    return is_code || parse_number<std::uint64_t>(line) || begins_list(line);
}

Value read_items(client::Connection& connection, const Command& command, std::string line)
{
    const auto keys = asked_keys(command);
    const bool with_cas = command[0].ends_with('s') || command[0].ends_with('S');
    std::map<std::string, Hit> items;
    while (line != "END") {
        auto head = client::parse_value_line(connection, line);
        if (!head) connection.nonsense(line, "\"VALUE key flags bytes\" or \"END\"");
        if (std::find(keys.begin(), keys.end(), head->key) == keys.end()) {
            connection.nonsense(line, "a requested key");
        }
        Hit item{connection.read_block(head->size), head->flags, head->cas};
        connection.expect_line_end();
        items.insert_or_assign(std::move(head->key), std::move(item));
        line = connection.read_line();
    }
    const auto take = [&](const std::string& key) -> Value {
        const auto found = items.find(key);
        if (found == items.end()) return {};
        Hit item = found->second;
        return with_cas ? described(std::move(item)) : bulk(std::move(item.value));
    };
    if (keys.size() == 1) return take(keys[0]);
    Value all{Type::map, {}, {}};
    for (const std::string& key : keys) {
        all.elements.push_back(simple(key));
        all.elements.push_back(take(key));
    }
    return all;
}

Value read_stats(client::Connection& connection, std::string line)
{
    Value stats{Type::map, {}, {}};
    while (!ends_memcached_reply(line)) {
        std::string_view rest = line;
        if (take_word(rest) != "STAT") connection.nonsense(line, "\"STAT name value\" or \"END\"");
        const std::string name(take_word(rest));
        stats.elements.push_back(simple(name));
        stats.elements.push_back(simple(rest.substr(rest.empty() ? 0 : 1)));
        line = connection.read_line();
    }
    return stats;
}

/// "VA size flags*", then the value.
Value read_meta_value(client::Connection& connection, const std::string& line)
{
    const auto size = parse_number<std::uint64_t>(split_words<2>(line)[1]);
    if (!size || *size > connection.max_value_bytes()) {
        connection.nonsense(line, "\"VA size\" with a size within bounds");
    }
    Value reply{Type::array, {}, {{Type::simple, line, {}}, bulk(connection.read_block(*size))}};
    connection.expect_line_end();
    return reply;
}

Value read_list(client::Connection& connection, std::string line)
{
    Value list{Type::array, {}, {}};
    while (!ends_memcached_reply(line)) {
        if (client::is_error(line)) return {Type::error, line, {}};
        list.elements.push_back({Type::simple, std::move(line), {}});
        line = connection.read_line();
    }
    return list;
}

}  // namespace

bool ends_memcached_reply(std::string_view line)
{
    return line == "END" || line == "EN" || line == "RESET";
}

Value read_memcached_reply(client::Connection& connection, const Command& command)
{
    connection.begin_reply();
    std::string line(connection.read_line());
    Value reply;
    if (client::is_error(line)) {
        reply = {Type::error, line, {}};
    } else if (is_retrieval(in_small_letters(command[0])) || line.starts_with("VALUE ")) {
        reply = read_items(connection, command, std::move(line));
    } else if (line.starts_with("STAT ")) {
        reply = read_stats(connection, std::move(line));
    } else if (line.starts_with("VA ")) {
        reply = read_meta_value(connection, line);
    } else if (begins_list(line)) {
        reply = read_list(connection, std::move(line));
    } else if (line == "END") {
        reply.type = Type::array;
    } else if (!is_reply(line)) {
        connection.nonsense(line, "a reply of this protocol");
    } else {
        reply.type = parse_number<std::uint64_t>(line) ? Type::integer : Type::simple;
        reply.text = std::move(line);
    }
    connection.end_reply();
    return reply;
}

namespace {

/// How many of `requests` are sent before their replies are read: a server whose replies are not
/// read stops reading, and while we write we read only up to a bound.
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
        // "ERROR": the command is unknown, so the server took the value for more commands, with an
        // unknown number of errors.
        const bool is_error = replies.back().type == Type::error;
        if (requests[i].has_block && is_error && replies.back().text == "ERROR") is_in_step = false;
        if (requests[i].end == ReplyEnd::close && !is_error) is_in_step = false;
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
    return in_small_letters(command[0]) == "watch";
}

void MemcachedSpeaker::listen(const Command& command, std::chrono::milliseconds patience,
                              const std::function<bool(const Value&)>& take)
{
    client::Exchange whole(*connection_);
    connection_->write(memcached_request(command).bytes);
    Value line;
    std::chrono::milliseconds waits{0};
    for (bool is_first = true;; is_first = false) {
        connection_->begin_reply(std::exchange(waits, patience));
        line.text = connection_->read_line();
        if (is_first && !is_reply(line.text)) {
            connection_->nonsense(line.text, "a reply of this protocol");
        }
        line.type = client::is_error(line.text) ? Type::error : Type::simple;
        connection_->end_reply();
        const bool is_last = line.type == Type::error || ends_memcached_reply(line.text) ||
                             line.text.starts_with("BUSY");
        if (is_last) whole.complete();
        if (!take(line) || is_last) return;
    }
}

/// The reply before the line that begins with `end_mark`: empty on success.
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
