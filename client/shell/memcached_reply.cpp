#include "client/shell/memcached_reply.h"

#include "client/memcached_replies.h"
#include "client/shell/letter_case.h"
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

Value described(Hit&& item)
{
    return {Type::map,
            {},
            {simple("value"), bulk(std::move(item.value)), simple("flags"), number(item.flags),
             simple("cas"), number(item.cas)}};
}

/// Whether a reply that begins like this goes on until such a line.
bool begins_list(std::string_view line)
{
    return line.starts_with("key=") || line.starts_with("ITEM ") || line.starts_with("PREFIX ") ||
           line.starts_with("mg ");
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
            connection.nonsense(line, "a key that was asked for");
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
    } else if (is_retrieval(lower_case(command[0])) || line.starts_with("VALUE ")) {
        reply = read_items(connection, command, std::move(line));
    } else if (line.starts_with("STAT ")) {
        reply = read_stats(connection, std::move(line));
    } else if (line.starts_with("VA ")) {
        reply = read_meta_value(connection, line);
    } else if (begins_list(line)) {
        reply = read_list(connection, std::move(line));
    } else if (line == "END") {
        reply.type = Type::array;
    } else {
        reply.type = parse_number<std::uint64_t>(line) ? Type::integer : Type::simple;
        reply.text = std::move(line);
    }
    connection.end_reply();
    return reply;
}

}  // namespace kv::shell
