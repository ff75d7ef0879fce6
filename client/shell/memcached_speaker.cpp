#include "client/shell/memcached_speaker.h"

#include "client/errors.h"
#include "client/memcached_replies.h"
#include "common/parse_number.h"
#include "common/words.h"

#include <algorithm>
#include <map>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

Value bulk(std::string text)
{
    return {Type::bulk, std::move(text), {}};
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
            {bulk("value"), bulk(std::move(item.value)), bulk("flags"), number(item.flags),
             bulk("cas"), number(item.cas)}};
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

Value MemcachedSpeaker::ask(const Command& command)
{
    const MemcachedRequest request = memcached_request(command);
    Exchange whole(*connection_);
    connection_->write(request.bytes);
    Value reply;
    switch (request.end) {
        case ReplyEnd::whole: reply = read_reply(command); break;
        case ReplyEnd::version: reply = read_until("VERSION "); break;
        case ReplyEnd::no_op: reply = read_until("MN"); break;
        case ReplyEnd::close: reply = read_goodbye(); break;
    }
    // "ERROR" says that the name is unknown: then the server has taken the value for more commands,
    // and how many errors that makes nobody can tell.
    const bool is_in_step =
        !(request.has_block && reply.type == Type::error && reply.text == "ERROR");
    if (is_in_step && request.end != ReplyEnd::close) whole.complete();
    return reply;
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
        all.elements.push_back(bulk(key));
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
        stats.elements.push_back(bulk(name));
        stats.elements.push_back(bulk(std::string(rest.substr(rest.empty() ? 0 : 1))));
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
