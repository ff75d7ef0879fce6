// memcached_key.h: which byte strings can be keys in the memcached text protocol; for client and
// server.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kv::memcached {

constexpr std::size_t max_key_bytes = 250;  // protocol.txt, "Keys"

/// Nonzero if one of these eight bytes is a blank, a control character or DEL. (Bit Twiddling
/// Hacks, "Determine if a word has a byte less than n": a borrow sets the byte's top bit.)
[[nodiscard]] constexpr std::uint64_t blanks_and_controls(std::uint64_t bytes)
{
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    constexpr std::uint64_t top_bits = 0x80 * each;
    const std::uint64_t from_del = bytes ^ (0x7f * each);
    return (((bytes - 0x21 * each) & ~bytes) | ((from_del - each) & ~from_del)) & top_bits;
}

/// Whether `key` has 1 to 250 bytes, none of them a blank or a control character. Any other key
/// would end its command early, and bytes after a line break in it would run as a command. Checks
/// eight bytes at a time, since every request has a key.
[[nodiscard]] inline bool is_key(std::string_view key)
{
    if (key.empty() || key.size() > max_key_bytes) return false;
    std::uint64_t bad = 0;
    std::uint64_t eight = 0;
    if (key.size() < sizeof eight) {
        for (const char letter : key) {
            const auto byte = static_cast<unsigned char>(letter);
            bad |= static_cast<std::uint64_t>(byte <= 0x20 || byte == 0x7f);
        }
        return bad == 0;
    }
    const char* const last = key.data() + key.size() - sizeof eight;
    for (const char* at = key.data(); at < last; at += sizeof eight) {
        std::memcpy(&eight, at, sizeof eight);
        bad |= blanks_and_controls(eight);
    }
    std::memcpy(&eight, last, sizeof eight);  // some of these a second time
    return (bad | blanks_and_controls(eight)) == 0;
}

}  // namespace kv::memcached
