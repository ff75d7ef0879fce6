#include "common/words.h"

#include <algorithm>

namespace kv {

namespace {

constexpr std::string_view c_blanks = " \t\n\v\f\r";
constexpr std::size_t longest_seen = 64;  // how much of a text is searched for a number

}  // namespace

std::optional<std::uint64_t> parse_leading_number(std::string_view text)
{
    if (std::uint32_t small = 0; is_short_number(text, small)) return small;
    std::string_view seen = text.substr(0, longest_seen);
    seen.remove_prefix(std::min(seen.find_first_not_of(c_blanks), seen.size()));
    const std::size_t end = seen.find_first_of(c_blanks);
    if (end == std::string_view::npos && text.size() > longest_seen) return std::nullopt;
    seen = seen.substr(0, end);
    if (seen.starts_with('+')) seen.remove_prefix(1);
    return parse_number<std::uint64_t>(seen);
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    unsigned shift = 0;
    const std::size_t letters = text.find_first_not_of("0123456789");
    if (letters != std::string_view::npos && text.size() - letters > 1) {
        const bool is_binary = text.ends_with("ib") || text.ends_with("iB");
        if (is_binary || text.ends_with('b') || text.ends_with('B')) {
            text.remove_suffix(is_binary ? 2 : 1);
        }
    }
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
