#include "common/command_table.h"

#include "common/equal_ignoring_case.h"
#include "common/words.h"

#include <algorithm>
#include <cstdint>

namespace kv {

namespace {

/// "[key", "key]" and "key" are all the key.
std::string_view without_brackets(std::string_view word)
{
    while (word.starts_with('[')) word.remove_prefix(1);
    while (word.ends_with(']')) word.remove_suffix(1);
    return word;
}

}  // namespace

const CommandInfo* find_command(std::span<const CommandInfo> table, std::string_view name)
{
    const auto found = std::find_if(table.begin(), table.end(), [&](const CommandInfo& row) {
        return equal_ignoring_case(row.name, name);
    });
    return found == table.end() ? nullptr : &*found;
}

Arity arity_of(std::string_view arguments)
{
    Arity arity;
    int depth = 0;
    for (auto word = take_word(arguments); !word.empty(); word = take_word(arguments)) {
        depth += static_cast<int>(std::count(word.begin(), word.end(), '['));
        if (without_brackets(word) == "...") {
            arity.most = SIZE_MAX;
        } else {
            if (depth == 0) ++arity.least;
            if (arity.most != SIZE_MAX) ++arity.most;
        }
        depth -= static_cast<int>(std::count(word.begin(), word.end(), ']'));
    }
    return arity;
}

bool is_key_argument(std::string_view arguments, std::size_t index)
{
    bool was_key = false;
    for (std::size_t i = 0;; ++i) {
        const std::string_view word = without_brackets(take_word(arguments));
        if (word.empty()) return false;
        if (word == "...") return was_key;
        was_key = word == "key";
        if (i == index) return was_key;
    }
}

}  // namespace kv
