// parse_number.h: checked numbers from text; nothing here is lenient by accident.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace kv {

/// The number that one to nine digits are: most numbers of a request. nullopt for all else.
[[nodiscard]] inline std::optional<std::uint32_t> parse_short_number(std::string_view text)
{
    if (text.empty() || text.size() > 9) return std::nullopt;
    std::uint32_t value = 0;
    for (const char letter : text) {
        const auto digit = static_cast<std::uint32_t>(letter - '0');
        if (digit > 9) return std::nullopt;
        value = 10 * value + digit;
    }
    return value;
}

/// The number that `text` is, as a whole: digits, with a leading '-' for signed types. nullopt for
/// an empty text, a plus sign, blanks, trailing bytes, or a value that T cannot hold.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text)
{
    if (const auto small = parse_short_number(text)) {
        if (!std::in_range<T>(*small)) return std::nullopt;
        return static_cast<T>(*small);
    }
    T value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

/// The number at the start of `text`, read as C's strtoull reads it, because memcached does: blanks
/// and a plus sign may come first, a blank may follow with anything after it. A negative number,
/// one that does not fit, or no number at all is nullopt; so is one that does not end within the
/// first 64 bytes, since a value of any length may be asked for under the store's lock.
[[nodiscard]] std::optional<std::uint64_t> parse_leading_number(std::string_view text);

/// A size as people write it: bytes, or with k, m or g for powers of 1,024 ("64m", also "64mb" and
/// "64MiB"). nullopt when it is not one, or does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace kv
