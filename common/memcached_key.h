// memcached_key.h: which byte strings the memcached text protocol can carry as a key, for both
// ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace kv::memcached {

constexpr std::size_t max_key_bytes = 250;  // protocol.txt, "Keys"

/// Whether `key` has 1 to 250 bytes, none of them a blank or a control character. A key that is not
/// like this would end its command early: what follows a line break in it would be run as a command
/// of its own.
[[nodiscard]] inline bool is_key(std::string_view key)
{
    return !key.empty() && key.size() <= max_key_bytes &&
           std::none_of(key.begin(), key.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte <= 0x20 || byte == 0x7f;
           });
}

}  // namespace kv::memcached
