// glob.h: patterns of keys, as KEYS and SCAN take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kv::resp {

/// A longer pattern is refused (pattern_too_long). One that names a key in full has room: few keys
/// are as long.
constexpr std::size_t max_pattern_bytes = 4096;

/// A pattern, made ready for many texts: * any bytes, ? one byte, [abc] [a-z] [^a] one of a class,
/// \x the byte x (redis.io/commands/keys).
///
/// All ways in which the beginning of a text may fit are followed at once, a bit each, in words of
/// 64 (Baeza-Yates and Gonnet, "A new approach to text searching"). So no pattern makes it go back:
/// a byte of the text costs a step for every 64 bytes of the pattern at most, and mostly one. With
/// the longest pattern and a key of 64 KiB that is 4 ms.
///
///   a*bc    bit 0: nothing has been matched    a star stands before b: bit 1 stays, whatever comes
///           bit 1: a    bit 2: a*b    bit 3: all of it
class Glob {
public:
    /// nullopt: longer than max_pattern_bytes.
    [[nodiscard]] static std::optional<Glob> compile(std::string_view pattern);

    /// Any thread may call it.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    using Word = std::uint64_t;

    explicit Glob(std::string_view pattern);
    void add_one(std::string_view& pattern);
    [[nodiscard]] Word* fitting(std::size_t byte) { return fits_.data() + byte * words_; }

    std::size_t words_;
    std::size_t length_ = 0;   ///< how many bytes the pattern stands for, stars not counted
    std::vector<Word> fits_;   ///< for each byte: the bits it moves on to the next
    std::vector<Word> stays_;  ///< bits with a star behind what they have matched
};

}  // namespace kv::resp
