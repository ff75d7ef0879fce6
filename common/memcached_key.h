// memcached_key.h: which byte strings the memcached text protocol can carry as a key, for both
// ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kv::memcached {

constexpr std::size_t max_key_bytes = 250;  // protocol.txt, "Keys"

/// Not 0 if one of these eight bytes is a blank, a control character or DEL. (Bit Twiddling Hacks,
/// "Determine if a word has a byte less than n": a borrow into a byte's top bit tells.)
[[nodiscard]] constexpr std::uint64_t blanks_and_controls(std::uint64_t bytes)
{
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    constexpr std::uint64_t top_bits = 0x80 * each;
    const std::uint64_t from_del = bytes ^ (0x7f * each);
    return (((bytes - 0x21 * each) & ~bytes) | ((from_del - each) & ~from_del)) & top_bits;
}

/// Whether `key` has 1 to 250 bytes, none of them a blank or a control character. A key that is not
/// like this would end its command early, and what follows a line break in it would run as a
/// command of its own. Checks eight bytes at a time, since every request has a key.
[[nodiscard]] inline bool is_key(std::string_view key)
{
    if (key.empty() || key.size() > max_key_bytes) return false;
    std::uint64_t bad = 0;
    std::uint64_t eight = 0;
    for (; key.size() >= sizeof eight; key.remove_prefix(sizeof eight)) {
        std::memcpy(&eight, key.data(), sizeof eight);
        bad |= blanks_and_controls(eight);
    }
    for (const char letter : key) {
        const auto byte = static_cast<unsigned char>(letter);
        bad |= static_cast<std::uint64_t>(byte <= 0x20 || byte == 0x7f);
    }
    return bad == 0;
}

}  // namespace kv::memcached
