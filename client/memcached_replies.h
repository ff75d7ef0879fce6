// memcached_replies.h: reads and checks replies of the memcached text protocol.
//
// Layer 2 of 3 of the client: connection -> requests, [replies] -> Client. Source: memcached's
// doc/protocol.txt. Each function reads one whole reply. Anything the protocol does not allow there
// closes the connection and throws NonsenseReply. An error line throws ServerError and leaves the
// connection open, since it is a whole reply.
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

/// Whether it is ERROR, CLIENT_ERROR text, SERVER_ERROR text, or "ERROR: text", which memcached
/// also sends.
[[nodiscard]] bool is_error(std::string_view line);

/// A line "VALUE key flags bytes [cas]" of a reply to get.
struct ValueLine {
    std::string key;
    std::uint32_t flags = 0;
    std::uint64_t size = 0;
    std::uint64_t cas = 0;
};

/// nullopt: not such a line, or it announces more than the connection accepts.
[[nodiscard]] std::optional<ValueLine> parse_value_line(const Connection& connection,
                                                        std::string_view line);

/// The reply to a get for `keys`: passes on each existing item, in the order of `keys`, which the
/// server must keep. Any other item is nonsense.
void read_items(Connection& connection, std::span<const std::string> keys,
                const std::function<void(std::string&&, Hit&&)>& take);

/// The reply to a storage command.
[[nodiscard]] Stored read_stored(Connection& connection);

/// A reply that is `yes` or NOT_FOUND: delete (DELETED), touch (TOUCHED).
[[nodiscard]] bool read_found(Connection& connection, std::string_view yes);

/// The reply to incr and decr.
[[nodiscard]] std::optional<std::uint64_t> read_number(Connection& connection);

/// OK, or an error.
void read_ok(Connection& connection);

/// The text after "VERSION ".
[[nodiscard]] std::string read_version(Connection& connection);

/// STAT lines up to END.
[[nodiscard]] std::map<std::string, std::string> read_stats(Connection& connection);

}  // namespace kv::client
