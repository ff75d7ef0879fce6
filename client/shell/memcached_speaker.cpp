#include "client/shell/memcached_speaker.h"

#include "client/errors.h"
#include "client/memcached_replies.h"
#include "common/parse_number.h"
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

/// The keys a get, gets, gat or gats asks for.
std::span<const std::string> asked_keys(const Command& command)
{
    const bool is_touching = command[0][1] == 'a' || command[0][1] == 'A';
    return std::span(command).subspan(is_touching ? 2 : 1);
}

Value described(Item&& item)
{
    return {Type::map,
            {},
            {simple("value"), bulk(std::move(item.value)), simple("flags"), number(item.flags),
             simple("cas"), number(item.cas)}};
}

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

/// What ends a reply of several lines.
bool is_last_line(std::string_view line)
{
    return line == "END" || line == "EN" || line == "RESET";
}

/// Whether a reply that begins like this goes on until such a line.
bool begins_list(std::string_view line)
{
    return line.starts_with("key=") || line.starts_with("ITEM ") || line.starts_with("PREFIX ") ||
           line.starts_with("mg ");
}

}  // namespace

std::vector<Value> MemcachedSpeaker::ask_all(std::span<const Command> commands)
{
    std::vector<MemcachedRequest> requests;
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
    Exchange whole(*connection_);
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
    return read_reply(command);
}

bool MemcachedSpeaker::is_stream(const Command& command) const
{
    return command[0] == "watch";
}

void MemcachedSpeaker::listen(const Command& command, std::chrono::milliseconds patience,
                              const std::function<bool(const Value&)>& take)
{
    Exchange whole(*connection_);
    connection_->write(memcached_request(command).bytes);
    try {
        Value line;
        std::chrono::milliseconds waits{0};
        for (;;) {
            connection_->begin_reply(std::exchange(waits, patience));
            line.text = connection_->read_line();
            line.type = memcached::is_error(line.text) ? Type::error : Type::simple;
            connection_->end_reply();
            const bool is_last = line.type == Type::error || is_last_line(line.text) ||
                                 line.text.starts_with("BUSY");
            if (is_last) whole.complete();
            if (!take(line) || is_last) return;
        }
    } catch (const ConnectionLost&) {
        return;
    }
}

Value MemcachedSpeaker::read_reply(const Command& command)
{
    connection_->begin_reply();
    std::string line(connection_->read_line());
    Value reply;
    if (memcached::is_error(line)) {
        reply = {Type::error, line, {}};
    } else if (is_retrieval(command[0]) || line.starts_with("VALUE ")) {
        reply = read_items(command, std::move(line));
    } else if (line.starts_with("STAT ")) {
        reply = read_stats(std::move(line));
    } else if (line.starts_with("VA ")) {
        reply = read_meta_value(line);
    } else if (begins_list(line)) {
        reply = read_list(std::move(line));
    } else if (line == "END") {
        reply.type = Type::array;
    } else {
        reply.type = parse_number<std::uint64_t>(line) ? Type::integer : Type::simple;
        reply.text = std::move(line);
    }
    connection_->end_reply();
    return reply;
}

/// Whatever comes before the line that begins with `end_mark`: nothing, if all went well.
Value MemcachedSpeaker::read_until(std::string_view end_mark)
{
    Value replies{Type::array, {}, {}};
    for (;;) {
        Value reply = read_reply({"noreply"});
        if (reply.type == Type::simple && reply.text.starts_with(end_mark)) break;
        replies.elements.push_back(std::move(reply));
    }
    if (replies.elements.empty()) return {Type::simple, {}, {}};
    return replies.elements.size() == 1 ? std::move(replies.elements[0]) : replies;
}

Value MemcachedSpeaker::read_goodbye()
{
    try {
        return read_reply({"quit"});
    } catch (const ConnectionLost&) {
        return {Type::simple, {}, {}};
    }
}

Value MemcachedSpeaker::read_items(const Command& command, std::string line)
{
    const auto keys = asked_keys(command);
    const bool with_cas = command[0].ends_with('s') || command[0].ends_with('S');
    std::map<std::string, Item> items;
    while (line != "END") {
        auto head = memcached::parse_value_line(*connection_, line);
        if (!head) connection_->nonsense(line, "\"VALUE key flags bytes\" or \"END\"");
        if (std::find(keys.begin(), keys.end(), head->key) == keys.end()) {
            connection_->nonsense(line, "a key that was asked for");
        }
        Item item{connection_->read_block(head->size), head->flags, head->cas};
        connection_->expect_line_end();
        items.insert_or_assign(std::move(head->key), std::move(item));
        line = connection_->read_line();
    }
    const auto take = [&](const std::string& key) -> Value {
        const auto found = items.find(key);
        if (found == items.end()) return {};
        Item item = found->second;
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

Value MemcachedSpeaker::read_stats(std::string line)
{
    Value stats{Type::map, {}, {}};
    while (!is_last_line(line)) {
        std::string_view rest = line;
        if (take_word(rest) != "STAT")
            connection_->nonsense(line, "\"STAT name value\" or \"END\"");
        const std::string name(take_word(rest));
        stats.elements.push_back(simple(name));
        stats.elements.push_back(simple(rest.substr(rest.empty() ? 0 : 1)));
        line = connection_->read_line();
    }
    return stats;
}

/// "VA size flags*", then the value.
Value MemcachedSpeaker::read_meta_value(const std::string& line)
{
    const auto size = parse_number<std::uint64_t>(split_words<2>(line)[1]);
    if (!size || *size > connection_->max_value_bytes()) {
        connection_->nonsense(line, "\"VA size\" with a size within bounds");
    }
    Value reply{Type::array, {}, {{Type::simple, line, {}}, bulk(connection_->read_block(*size))}};
    connection_->expect_line_end();
    return reply;
}

Value MemcachedSpeaker::read_list(std::string line)
{
    Value list{Type::array, {}, {}};
    while (!is_last_line(line)) {
        if (memcached::is_error(line)) return {Type::error, line, {}};
        list.elements.push_back({Type::simple, std::move(line), {}});
        line = connection_->read_line();
    }
    return list;
}

ExitCode MemcachedSpeaker::judge(const Command&, const Value& reply) const
{
    constexpr std::string_view noes[] = {"NOT_FOUND", "NOT_STORED", "EXISTS", "EN",
                                         "NF",        "NS",         "EX"};
    switch (reply.type) {
        case Type::error: return ExitCode::server_error;
        case Type::null: return ExitCode::miss;
        case Type::simple: {
            const std::string_view code = split_words<1>(reply.text)[0];
            return std::find(std::begin(noes), std::end(noes), code) == std::end(noes)
                       ? ExitCode::done
                       : ExitCode::miss;
        }
        case Type::map: {
            const auto is_null = [](const Value& value) { return value.type == Type::null; };
            return std::any_of(reply.elements.begin(), reply.elements.end(), is_null)
                       ? ExitCode::miss
                       : ExitCode::done;
        }
        default: return ExitCode::done;
    }
}

}  // namespace kv::shell
