// words.h: a line cut into words at blanks, without copying.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace kv {

/// Takes the next word off the front of `line` (blanks are spaces, any number of them). Empty when
/// no word is left. The word is a view into the same bytes as `line`.
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

/// Splits `line` into at most `Limit` words; what follows them is not looked at.
template <std::size_t Limit>
[[nodiscard]] Words<Limit> split_words(std::string_view line)
{
    Words<Limit> words;
    while (words.count < Limit) {
        const std::string_view next = take_word(line);
        if (next.empty()) break;
        words.word[words.count++] = next;
    }
    return words;
}

/// Part of a line that is too long to be read as a whole: some of its words, and whether it ends
/// with them.
struct LinePart {
    std::string_view words;
    bool ends;
};

}  // namespace kv
