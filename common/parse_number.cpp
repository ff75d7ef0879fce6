#include "common/parse_number.h"

namespace kv {

namespace {

constexpr std::string_view c_blanks = " \t\n\v\f\r";

}  // namespace

std::optional<std::uint64_t> parse_leading_number(std::string_view text)
{
    if (const auto small = parse_short_number(text)) return *small;
    const std::size_t start = text.find_first_not_of(c_blanks);
    if (start == std::string_view::npos) return std::nullopt;
    text.remove_prefix(start);
    if (text.front() == '+') text.remove_prefix(1);
    return parse_number<std::uint64_t>(text.substr(0, text.find_first_of(c_blanks)));
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    unsigned shift = 0;
    if (!text.empty()) {
        switch (text.back()) {
            case 'k':
            case 'K': shift = 10; break;
            case 'm':
            case 'M': shift = 20; break;
            case 'g':
            case 'G': shift = 30; break;
            default: break;
        }
        if (shift != 0) text.remove_suffix(1);
    }
    const auto number = parse_number<std::uint64_t>(text);
    if (!number || *number > (UINT64_MAX >> shift)) return std::nullopt;
    return *number << shift;
}

}  // namespace kv
