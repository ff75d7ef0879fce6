// number.h: numbers as Redis reads and writes them.
#pragma once

#include "server/resp/command.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace kv::resp {

/// A 64-bit integer in the one form Redis writes it: no plus sign, no leading zeros, no "-0". A
/// text longer than that is not looked at.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// The same for a number of 32 bits.
[[nodiscard]] std::variant<int, Error> parse_int(std::string_view text);

/// The number of a bit in a value of at most `max_bytes`; nullopt: it is none. With a `width` also
/// "#3": as many times that.
[[nodiscard]] std::optional<std::uint64_t> parse_bit_offset(std::string_view text,
                                                            std::size_t max_bytes,
                                                            std::int64_t width = 0);

/// A floating-point number as C's strtold reads it, whole: decimal, hexadecimal, "inf". nullopt
/// also for "nan" and for what long double cannot hold.
[[nodiscard]] std::optional<long double> parse_float(std::string_view text);

/// A double as Redis reads scores and weights, with C's strtod, whole: decimal, hexadecimal, "inf".
/// nullopt also for "nan" and for what a double cannot hold, be it too large or too small.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// More characters than any number has that is read or written here.
constexpr std::size_t max_float_chars = std::size_t{5} * 1024;  // Redis: MAX_LONG_DOUBLE_CHARS

/// At most 17 digits behind the point, no trailing zeros, no exponent: what INCRBYFLOAT stores.
[[nodiscard]] std::string format_float(long double number);

// When an item expires, as clients of Redis say it.

/// A time as a client writes it: in seconds or milliseconds, from now or from the epoch.
struct TimeUnit {
    bool in_seconds;
    bool from_now;
};

/// The moment that `number` means when it is `now`, at most the last before never; nullopt: 64 bits
/// of milliseconds cannot hold it.
[[nodiscard]] std::optional<UnixMillis> moment(std::int64_t number, TimeUnit unit, UnixMillis now);

/// Gives an item another expiry, and a new cas number with it.
void set_expiry(Transaction& store, const Row& row, UnixMillis expires);

/// "invalid expire time in 'set' command"
[[nodiscard]] Error invalid_expire_time(const Command& command);

}  // namespace kv::resp
