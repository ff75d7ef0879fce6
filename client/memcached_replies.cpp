#include "client/memcached_replies.h"

#include "client/errors.h"
#include "common/log.h"
#include "common/memcached_key.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::client {

namespace {

/// The first line of a reply. Throws ServerError for an error line.
std::string_view read_first_line(Connection& connection)
{
    connection.begin_reply();
    const std::string_view line = connection.read_line();
    if (is_error(line)) {
        connection.end_reply();
        throw ServerError(escaped(line, Connection::max_line_bytes));
    }
    return line;
}

/// Throws for a reply of one line that is not an expected one.
[[noreturn]] void unexpected(Connection& connection, std::string_view line,
                             std::string_view expected)
{
    connection.nonsense(std::string(line), expected);
}

}  // namespace

bool is_error(std::string_view line)
{
    return line.starts_with("ERROR") || line.starts_with("CLIENT_ERROR") ||
           line.starts_with("SERVER_ERROR");
}

std::optional<ValueLine> parse_value_line(const Connection& connection, std::string_view line)
{
    const auto words = split_words<6>(line);
    if (words.count < 4 || words.count > 5 || words[0] != "VALUE" || !memcached::is_key(words[1])) {
        return std::nullopt;
    }
    const auto flags = parse_number<std::uint32_t>(words[2]);
    const auto size = parse_number<std::uint64_t>(words[3]);
    const auto cas = words.count == 5 ? parse_number<std::uint64_t>(words[4]) : 0;
    if (!flags || !size || !cas || *size > connection.max_value_bytes()) return std::nullopt;
    return ValueLine{std::string(words[1]), *flags, *size, *cas};
}

void read_items(Connection& connection, std::span<const std::string> keys,
                const std::function<void(std::string&&, Hit&&)>& take)
{
    auto next = keys.begin();
    std::string_view line = read_first_line(connection);
    while (line != "END") {
        auto head = parse_value_line(connection, line);
        if (!head) unexpected(connection, line, "\"VALUE key flags bytes\" or \"END\"");
        const auto asked = std::find(next, keys.end(), head->key);
        if (asked == keys.end()) unexpected(connection, line, "a requested key");
        next = asked + 1;
        Hit item{connection.read_block(head->size), head->flags, head->cas};
        connection.expect_line_end();
        take(std::move(head->key), std::move(item));
        line = connection.read_line();
    }
    connection.end_reply();
}

Stored read_stored(Connection& connection)
{
    connection.begin_reply();
    const std::string_view line = connection.read_line();
    connection.end_reply();
    if (line == "STORED") return Stored::yes;
    if (line == "NOT_STORED") return Stored::no;
    if (line == "EXISTS") return Stored::exists;
    if (line == "NOT_FOUND") return Stored::not_found;
    if (!is_error(line)) unexpected(connection, line, "a reply to a storage command");
    const std::string error = escaped(line, Connection::max_line_bytes);
    // "ERROR" alone: the server does not know the command and takes the value for more commands.
    if (line == "ERROR") connection.close();
    throw ServerError(error);
}

bool read_found(Connection& connection, std::string_view yes)
{
    const std::string_view line = read_first_line(connection);
    if (line != yes && line != "NOT_FOUND") {
        unexpected(connection, line, fmt::format("\"{}\" or \"NOT_FOUND\"", yes));
    }
    connection.end_reply();
    return line == yes;
}

std::optional<std::uint64_t> read_number(Connection& connection)
{
    const std::string_view line = read_first_line(connection);
    const auto number = parse_number<std::uint64_t>(line);
    if (!number && line != "NOT_FOUND") {
        unexpected(connection, line, "a number or \"NOT_FOUND\"");
    }
    connection.end_reply();
    return number;
}

void read_ok(Connection& connection)
{
    const std::string_view line = read_first_line(connection);
    if (line != "OK") unexpected(connection, line, "\"OK\"");
    connection.end_reply();
}

std::string read_version(Connection& connection)
{
    constexpr std::string_view head = "VERSION ";
    const std::string_view line = read_first_line(connection);
    if (!line.starts_with(head)) unexpected(connection, line, "\"VERSION ...\"");
    connection.end_reply();
    return std::string(line.substr(head.size()));
}

std::map<std::string, std::string> read_stats(Connection& connection)
{
    constexpr std::string_view head = "STAT ";
    constexpr std::size_t most_lines = 100'000;
    std::map<std::string, std::string> stats;
    std::string_view line = read_first_line(connection);
    while (line != "END" && line != "RESET") {
        if (!line.starts_with(head) || stats.size() == most_lines) {
            unexpected(connection, line, "\"STAT name value\" or \"END\"");
        }
        std::string_view rest = line.substr(head.size());
        const std::string name(take_word(rest));
        stats.insert_or_assign(name, std::string(rest.substr(rest.empty() ? 0 : 1)));
        line = connection.read_line();
    }
    connection.end_reply();
    return stats;
}

}  // namespace kv::client
