// memcached_requests.h: encodes requests of the memcached text protocol.
//
// Layer 2 of 3 of the client: connection -> [requests], replies -> Client. Source: memcached's
// doc/protocol.txt. Each function checks its keys and throws BadArgument for one that the protocol
// cannot represent, so a request is always exactly one command.
#pragma once

#include "client/item.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kv::client {

/// Throws BadArgument unless `key` is valid in the protocol.
void check_key(std::string_view key);

/// An expiry in the protocol's form: numbers over 30 days are Unix times, so a longer expiry is
/// sent as its end; one that ends after 2038, when memcached's clock overflows, as 0 (never).
[[nodiscard]] std::int64_t wire_expiry(std::chrono::seconds from_now);

/// `verb key*`: get, gets.
[[nodiscard]] std::string get_request(std::string_view verb, std::span<const std::string> keys);

/// `verb expiry key`: gat, gats.
[[nodiscard]] std::string get_and_touch_request(std::string_view verb, std::string_view key,
                                                std::chrono::seconds expiry);

/// set, add, replace, append, prepend; with `cas`, the command of that name.
[[nodiscard]] std::string store_request(std::string_view verb, std::string_view key,
                                        std::string_view value, const StoreOptions& options,
                                        std::optional<std::uint64_t> cas = std::nullopt);

/// `verb key argument*`: delete, incr, decr, touch. The argument is the caller's own number.
[[nodiscard]] std::string change_request(std::string_view verb, std::string_view key,
                                         std::string_view argument = {});

}  // namespace kv::client
