// text.h: numbers as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kv::bench {

/// Rounded, with thousands apart: 1234567.8 -> "1,234,568".
[[nodiscard]] std::string grouped(double number);

/// With the unit that fits: "850 ns", "12.3 us", "4.56 ms", "1.20 s".
[[nodiscard]] std::string duration_text(std::int64_t ns);

/// A bar filled to `share` (0 to 1), `width` characters wide.
[[nodiscard]] std::string bar(double share, std::size_t width);

}  // namespace kv::bench
