// payload.h: the key and the value that belong to a number, so that every reply can be checked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/bench/random.h"

namespace kv::bench {

/// Sizes of values in bytes, both ends included; equal ends mean one size.
struct SizeRange {
    std::uint32_t min_bytes = 100;
    std::uint32_t max_bytes = 100;
};

constexpr std::size_t key_bytes = 16;
using Key = std::array<char, key_bytes>;

/// Maps a number to its key and its value, always the same ones. Immutable after construction and
/// shared by all threads.
///
/// A value is a window into one block of random bytes (line ends and NUL among them), at a place
/// and of a length that its number decides: nothing is built for a request, a reply is checked by
/// comparing, and a value that was cut, shifted, overwritten or another key's does not match.
class Payload {
public:
    explicit Payload(SizeRange sizes);

    /// Four letters that stand for the value sizes, then the number in twelve digits. Runs with
    /// other sizes thus use other keys, and never take each other's values for corruption.
    [[nodiscard]] Key key(std::uint32_t number) const;

    /// Valid as long as this Payload.
    [[nodiscard]] std::string_view value(std::uint32_t number) const
    {
        const std::uint64_t bits = scatter(number + 1ULL);
        const auto extra = static_cast<std::uint32_t>(((bits >> 32) * spread_) >> 32);
        return std::string_view(block_).substr(bits % window_bytes, sizes_.min_bytes + extra);
    }

private:
    static constexpr std::size_t window_bytes = 65536;  // the beginnings stay in the second cache

    SizeRange sizes_;
    std::uint64_t spread_;  // number of different sizes
    std::array<char, 4> prefix_;
    std::string block_;
};

}  // namespace kv::bench
