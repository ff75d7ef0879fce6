#include "common/command_table.h"

#include "common/words.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kv {

namespace {

/// "[key", "key]" and "key" all stand for the key.
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

bool is_key_name(std::string_view word)
{
    constexpr std::array<std::string_view, 4> names{"key", "newkey", "source", "destination"};
    return std::find(names.begin(), names.end(), word) != names.end();
}

bool is_key_argument(std::string_view arguments, std::size_t index)
{
    std::vector<std::string_view> names;
    std::size_t group = 0;  // where the last bracket opened, for "..."
    for (auto word = take_word(arguments); !word.empty(); word = take_word(arguments)) {
        if (word.starts_with('[')) group = names.size();
        if (without_brackets(word) == "...") {
            const std::size_t period = names.size() - group;
            if (index >= group && period > 0) index = group + (index - group) % period;
            break;
        }
        names.push_back(without_brackets(word));
    }
    return index < names.size() && is_key_name(names[index]);
}

std::vector<std::string_view> option_words(std::string_view arguments)
{
    std::vector<std::string_view> words;
    for (auto word = take_word(arguments); !word.empty(); word = take_word(arguments)) {
        for (std::string_view bare = without_brackets(word); !bare.empty();) {
            const std::string_view choice = bare.substr(0, bare.find('|'));
            bare.remove_prefix(std::min(bare.size(), choice.size() + 1));
            if (choice.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos) {
                words.push_back(choice);
            }
        }
    }
    return words;
}

std::string_view rest_of(std::string_view arguments, std::size_t count)
{
    while (count-- > 0) {
        std::string_view rest = arguments;
        const std::string_view word = take_word(rest);
        // Optional arguments may come in any order, so all of them stay visible.
        if (word.empty() || word.starts_with('[')) break;
        arguments = rest;
    }
    const std::size_t start = arguments.find_first_not_of(' ');
    return start == std::string_view::npos ? std::string_view() : arguments.substr(start);
}

}  // namespace kv
