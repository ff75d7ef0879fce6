#include "server/resp/documentation.h"

#include "common/command_table.h"
#include "common/letter_case.h"
#include "common/words.h"
#include "server/resp/command.h"

#include <algorithm>

namespace kv::resp {

namespace {

/// A part of a command's grammar: a word, a word behind a token ("EX seconds"), or a block of them.
struct Argument {
    std::string name;
    std::string token;
    bool optional = false;
    bool multiple = false;
    std::vector<Argument> parts;
};

bool is_token(std::string_view word)
{
    return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "EX seconds" or "key value": what stands between brackets, without the dots.
Argument argument_of(std::vector<std::string_view> words)
{
    Argument argument;
    if (is_token(words.front())) {
        argument.token = words.front();
        argument.name = in_small_letters(words.front());
        words.erase(words.begin());
    }
    if (words.size() == 1) argument.name = words.front();
    if (words.size() < 2) return argument;
    if (argument.token.empty()) argument.name = "data";
    for (const std::string_view word : words) {
        Argument part;
        part.name = word;
        argument.parts.push_back(std::move(part));
    }
    return argument;
}

/// "key [key ...]": dots repeat what stands before the bracket too, so both are one argument.
void fold_repetition(std::vector<Argument>& arguments, Argument repeated, std::size_t words)
{
    repeated.multiple = true;
    const std::size_t count = arguments.size();
    bool same = count >= words;
    for (std::size_t i = 0; same && i < words; ++i) {
        const std::string& name = repeated.parts.empty() ? repeated.name : repeated.parts[i].name;
        same = arguments[count - words + i].name == name && !arguments[count - words + i].optional;
    }
    if (same) {
        arguments.resize(count - words);
    } else {
        repeated.optional = true;
    }
    arguments.push_back(std::move(repeated));
}

/// Reads a grammar such as "key value [EX seconds] [key ...]" (common/command_table.h).
std::vector<Argument> parse_grammar(std::string_view grammar)
{
    std::vector<Argument> arguments;
    std::vector<std::string_view> bracket;
    bool inside = false;
    for (auto word = take_word(grammar); !word.empty(); word = take_word(grammar)) {
        inside = inside || word.starts_with('[');
        if (word.starts_with('[')) word.remove_prefix(1);
        const bool closes = word.ends_with(']');
        if (closes) word.remove_suffix(1);
        bracket.push_back(word);
        if (inside && !closes) continue;
        const bool repeats = bracket.back() == "...";
        if (repeats) bracket.pop_back();
        Argument argument = argument_of(bracket);
        if (repeats) {
            fold_repetition(arguments, std::move(argument), bracket.size());
        } else {
            argument.optional = inside;
            arguments.push_back(std::move(argument));
        }
        bracket.clear();
        inside = false;
    }
    return arguments;
}

std::string_view type_of(const Argument& argument)
{
    constexpr std::array<std::string_view, 10> integers{
        "seconds", "milliseconds", "offset", "start",   "end",
        "number",  "delta",        "db",     "version", "unix-time-ms"};
    if (!argument.parts.empty()) return "block";
    if (!argument.token.empty() && in_small_letters(argument.token) == argument.name) {
        return "pure-token";
    }
    if (argument.name == "key" || argument.name == "newkey") return "key";
    if (argument.name == "pattern") return "pattern";
    if (argument.name == "unix-time") return "unix-time";
    const bool counts =
        std::find(integers.begin(), integers.end(), argument.name) != integers.end();
    return counts ? "integer" : "string";
}

void add(Array& map, std::string_view name, Reply value)
{
    map.elements.emplace_back(bulk(name));
    map.elements.push_back(std::move(value));
}

Array describe(const std::vector<Argument>& arguments);

Array describe(const Argument& argument)
{
    Array map{Array::Kind::map, {}};
    add(map, "name", bulk(argument.name));
    add(map, "type", bulk(type_of(argument)));
    if (!argument.token.empty()) add(map, "token", bulk(argument.token));
    Array flags;
    if (argument.optional) flags.elements.emplace_back(Simple{"optional"});
    if (argument.multiple) flags.elements.emplace_back(Simple{"multiple"});
    if (!flags.elements.empty()) add(map, "flags", std::move(flags));
    if (!argument.parts.empty()) add(map, "arguments", describe(argument.parts));
    return map;
}

/// Bounded recursion: a grammar has blocks of words, and no blocks of blocks.
Array describe(const std::vector<Argument>& arguments)
{
    Array descriptions;
    for (const Argument& argument : arguments)
        descriptions.elements.emplace_back(describe(argument));
    return descriptions;
}

}  // namespace

Reply documentation_of(const Command& command)
{
    Array map{Array::Kind::map, {}};
    add(map, "summary", bulk(command.summary));
    add(map, "since", bulk(command.since));
    add(map, "group", bulk(command.group->name));
    if ((command.flags & has_subcommands) == 0) {
        Array arguments = describe(parse_grammar(command.grammar));
        if (!arguments.elements.empty()) add(map, "arguments", std::move(arguments));
    }
    Array subcommands{Array::Kind::map, {}};
    for (const Command& other : all_commands()) {
        if (is_subcommand_of(other, command)) add(subcommands, other.name, documentation_of(other));
    }
    if (!subcommands.elements.empty()) add(map, "subcommands", std::move(subcommands));
    return map;
}

namespace {

Reply handle_command_docs(Call& call)
{
    Array commands{Array::Kind::map, {}};
    for (const Command& command : all_commands()) {
        if (call.size() > 2 || is_subcommand(command)) continue;
        add(commands, command.name, documentation_of(command));
    }
    for (std::size_t i = 2; i < call.size(); ++i) {
        const Command* command = find_command(call[i]);
        if (command != nullptr) add(commands, command->name, documentation_of(*command));
    }
    return commands;
}

}  // namespace

std::span<const Handler> documentation_handlers()
{
    static constexpr Handler table[] = {
        {"command|docs", handle_command_docs},
    };
    return table;
}

}  // namespace kv::resp
