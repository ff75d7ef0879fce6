#include "client/bench/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace kv::bench {

std::string grouped(double number)
{
    std::string digits = fmt::format("{:.0f}", number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        if (digits[at - 4] == '-') break;
        digits.insert(at - 3, 1, ',');
    }
    return digits;
}

std::string duration_text(std::int64_t ns)
{
    struct Unit {
        const char* name;
        double ns;
    };
    constexpr std::array<Unit, 3> units{{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}}};
    const auto whole = static_cast<double>(ns);
    for (const Unit& unit : units) {
        if (whole < unit.ns) continue;
        const double number = whole / unit.ns;
        const int decimals = number < 10 ? 2 : number < 100 ? 1 : 0;
        return fmt::format("{:.{}f} {}", number, decimals, unit.name);
    }
    return fmt::format("{} ns", ns);
}

std::string bar(double share, std::size_t width)
{
    // Eighths of a block, so that small shares are seen too.
    constexpr std::array<const char*, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double exact = std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8;
    auto filled = static_cast<std::size_t>(std::lround(exact));
    if (filled == 0 && share > 0) filled = 1;
    std::string text;
    for (std::size_t i = 0; i < filled / 8; ++i) text += "█";
    text += eighths.at(filled % 8);
    const std::size_t taken = filled / 8 + (filled % 8 != 0 ? 1 : 0);
    return text + std::string(width - taken, ' ');
}

}  // namespace kv::bench
