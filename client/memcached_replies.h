// memcached_replies.h: replies of the memcached text protocol, read and checked.
//
// Room 2 of 3 of the client: connection -> requests, [replies] -> Client. Source: memcached's
// doc/protocol.txt. Each function reads one whole reply. What the protocol does not allow at that
// place closes the connection and throws NonsenseReply; an error line of the server's throws
// ServerError and leaves the connection open, for such a line is a whole reply.
#pragma once

#include "client/connection.h"
#include "client/item.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kv::client {

/// ERROR, CLIENT_ERROR text, SERVER_ERROR text; and "ERROR: text", which memcached also has.
[[nodiscard]] bool is_error(std::string_view line);

/// A line "VALUE key flags bytes [cas]" of a reply to get.
struct ValueLine {
    std::string key;
    std::uint32_t flags = 0;
    std::uint64_t size = 0;
    std::uint64_t cas = 0;
};

/// nullopt: `line` is no such line, or announces more than the connection accepts.
[[nodiscard]] std::optional<ValueLine> parse_value_line(const Connection& connection,
                                                        std::string_view line);

/// The reply to a get for `keys`: hands over each item that exists, in the order of `keys`, as the
/// server must send them. An item nobody asked for is nonsense.
void read_items(Connection& connection, std::span<const std::string> keys,
                const std::function<void(std::string&&, Hit&&)>& take);

/// The reply to a storage command.
[[nodiscard]] Stored read_stored(Connection& connection);

/// A reply that is `yes` or NOT_FOUND: delete (DELETED), touch (TOUCHED).
[[nodiscard]] bool read_found(Connection& connection, std::string_view yes);

/// The reply to incr and decr.
[[nodiscard]] std::optional<std::uint64_t> read_number(Connection& connection);

/// A reply that can only be OK, or an error.
void read_ok(Connection& connection);

/// The text behind "VERSION ".
[[nodiscard]] std::string read_version(Connection& connection);

/// STAT lines up to END.
[[nodiscard]] std::map<std::string, std::string> read_stats(Connection& connection);

}  // namespace kv::client
