// letter_case.h: small letters and capitals (ASCII).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace kv {

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

}  // namespace kv
