// keys.h: the words that classic and meta commands share, and their bounds.
#pragma once

#include "common/memcached_key.h"  // is_key
#include "server/command/expiry.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kv::memcached {

constexpr std::size_t max_line_bytes = 2048;  // memcached's own, for all but a get

// A get of many keys is read as a whole up to the first of these, and beyond it key by key, so that
// it takes no more memory.
constexpr std::size_t max_whole_get_bytes = std::size_t{64} << 10;
constexpr std::size_t max_get_bytes = std::size_t{64} << 20;

/// The client's 32 bits; what does not fit them is nullopt.
[[nodiscard]] std::optional<std::uint32_t> parse_client_flags(std::string_view word);

/// A storage command's expiry; a plus sign may come first.
[[nodiscard]] std::optional<Expiry> parse_stored_expiry(std::string_view word);

/// Any other command's, which is refused beyond max_exptime: memcached since 1.6.40.
[[nodiscard]] std::optional<Expiry> parse_expiry(std::string_view word);

/// The length of a data block: as in memcached, less than 2 GiB; a plus sign may come first.
[[nodiscard]] std::optional<std::uint64_t> parse_block_bytes(std::string_view word);

}  // namespace kv::memcached
