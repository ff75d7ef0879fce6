// integer.h: integers of any size: as the bytes they are kept as, and as text.
//
// Kept as two's complement, least significant byte first, and not a byte more than that takes: 0 is
// no byte at all, 127 one, 128 two. (Python's pickles write them so too: pickletools, "long1".)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv {

/// From binary to decimal the work grows with the square of the digits, so that a megabyte of them
/// takes minutes: longer integers are neither read from decimal text nor written as such. (Python
/// draws its line at 4,300, for the same reason.)
constexpr std::size_t max_decimal_digits = 10'000;

/// `bytes` without what they do not need.
[[nodiscard]] std::string_view shortest(std::string_view bytes);

[[nodiscard]] std::string integer_bytes(std::int64_t number);

/// The integer that `text` is: digits, with a sign before them or none. nullopt when it is none, or
/// has more than max_decimal_digits.
[[nodiscard]] std::optional<std::string> integer_bytes(std::string_view text);

/// The number, unless it is one that needs more than 64 bits. REQUIRES: shortest form.
[[nodiscard]] std::optional<std::int64_t> small_integer(std::string_view bytes);

/// In decimal; beyond max_decimal_digits in hexadecimal instead, as in -0x1f, which takes time in
/// proportion to the bytes. REQUIRES: shortest form.
[[nodiscard]] std::string integer_text(std::string_view bytes);

}  // namespace kv
