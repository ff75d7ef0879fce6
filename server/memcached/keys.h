// keys.h: the words that classic and meta commands share.
#pragma once

#include "common/memcached_key.h"  // is_key
#include "server/command/expiry.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kv::memcached {

/// The client's 32 bits; what does not fit them is nullopt.
[[nodiscard]] std::optional<std::uint32_t> parse_client_flags(std::string_view word);

/// A storage command's expiry; a plus sign may come first.
[[nodiscard]] std::optional<Expiry> parse_stored_expiry(std::string_view word);

/// Any other command's, which is refused beyond max_exptime: memcached since 1.6.40.
[[nodiscard]] std::optional<Expiry> parse_expiry(std::string_view word);

/// The length of a data block: as in memcached, less than 2 GiB; a plus sign may come first.
[[nodiscard]] std::optional<std::uint64_t> parse_block_bytes(std::string_view word);

}  // namespace kv::memcached
