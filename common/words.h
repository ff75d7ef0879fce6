// words.h: splits lines into words at blanks, without copying, and parses numbers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

/// Takes the next word off the front of `line` (blanks are spaces, any number of them). Empty when
/// no word is left. The word is a view into `line`.
[[nodiscard]] inline std::string_view take_word(std::string_view& line)
{
    while (line.starts_with(' ')) line.remove_prefix(1);
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word(line.data(), end);
    line = {line.data() + end, line.size() - end};
    return word;
}

/// The first words of a line, at most Limit; `count` says how many.
template <std::size_t Limit>
struct Words {
    std::array<std::string_view, Limit> word;
    std::size_t count = 0;

    [[nodiscard]] std::string_view operator[](std::size_t i) const { return word[i]; }
};

/// The first blank from `at` on, or `end`. Without a call, eight bytes at a time while there are as
/// many: words are short, and every request has some. (Bit Twiddling Hacks, "Determine if a word
/// has a zero byte": the lowest of the bits that are left is that of the first.)
[[nodiscard]] inline const char* find_blank(const char* at, const char* end)
{
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    constexpr bool first_is_lowest = std::endian::native == std::endian::little;
    for (std::uint64_t eight = 0; first_is_lowest && end - at >= 8; at += 8) {
        std::memcpy(&eight, at, sizeof eight);
        const std::uint64_t from_blank = eight ^ (' ' * each);
        const std::uint64_t blanks = (from_blank - each) & ~from_blank & (0x80 * each);
        if (blanks != 0) return at + std::countr_zero(blanks) / 8;
    }
    while (at != end && *at != ' ') ++at;
    return at;
}

/// Splits `line` into at most `Limit` words; the rest is ignored.
template <std::size_t Limit>
[[nodiscard]] Words<Limit> split_words(std::string_view line)
{
    Words<Limit> words;
    const char* at = line.data();
    const char* const end = at + line.size();
    for (std::string_view& word : words.word) {
        while (at != end && *at == ' ') ++at;
        if (at == end) break;
        const char* const begin = at;
        at = find_blank(at, end);
        word = {begin, static_cast<std::size_t>(at - begin)};
        ++words.count;
    }
    return words;
}

/// Part of a line that is too long to read whole: some of its words, and whether they are the last.
struct LinePart {
    std::string_view words;
    bool ends;
};

// Parses numbers strictly; leniency is explicit.

/// Whether `text` is one to nine digits, as most numbers of a request are; `value` is their number
/// then.
[[nodiscard]] inline bool is_short_number(std::string_view text, std::uint32_t& value)
{
    if (text.empty() || text.size() > 9) return false;
    value = 0;
    for (const char letter : text) {
        const auto digit = static_cast<std::uint32_t>(letter - '0');
        if (digit > 9) return false;
        value = 10 * value + digit;
    }
    return true;
}

/// Parses all of `text` as a number: digits, with a leading '-' for signed types. nullopt for an
/// empty text, a plus sign, blanks, trailing bytes, or a value that T cannot hold.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text)
{
    if (std::uint32_t small = 0; is_short_number(text, small)) {
        if (!std::in_range<T>(small)) return std::nullopt;
        return static_cast<T>(small);
    }
    T value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

/// Parses the number at the start of `text` as C's strtoull does, because memcached does: blanks
/// and a plus sign may come first, a blank and anything may follow. nullopt for no number, a
/// negative one, one that does not fit, or one that does not end within 64 bytes, since values of
/// any length are parsed under the store's lock.
[[nodiscard]] std::optional<std::uint64_t> parse_leading_number(std::string_view text);

/// Parses a size: bytes, or with k, m or g for powers of 1,024 ("64m", also "64mb" and "64MiB").
/// nullopt when it is not a size, or does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

// Letter case (ASCII).

[[nodiscard]] constexpr char small_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string in_small_letters(std::string_view word)
{
    std::string small(word);
    std::transform(small.begin(), small.end(), small.begin(), small_letter);
    return small;
}

[[nodiscard]] inline std::string in_capitals(std::string_view word)
{
    std::string capitals(word);
    std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return capitals;
}

[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return small_letter(x) == small_letter(y); });
}

// Recognises the first bytes of foreign protocols.
//
// A web page can make a browser send attacker-chosen lines after its HTTP headers ("cross-protocol
// scripting"): so the first line of a foreign protocol closes the connection.

/// Whether the bytes begin a TLS handshake, which has no line end to wait for.
[[nodiscard]] inline bool begins_tls(std::string_view start)
{
    return start.starts_with('\x16');
}

/// Whether a line is from HTTP, SSH, or the PROXY protocol, text or binary.
[[nodiscard]] inline bool is_foreign(std::string_view line)
{
    return line.substr(line.rfind(' ') + 1).starts_with("HTTP/") || line.starts_with("Host:") ||
           line.starts_with("host:") || line.starts_with("POST ") || line.starts_with("PROXY ") ||
           line.starts_with("SSH-") || line.find('\0') != std::string_view::npos;
}

}  // namespace kv
