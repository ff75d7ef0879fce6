// COMMAND: the command table, told to clients (redis.io/commands/command), and the HELP of every
// command that has subcommands.
#include "common/words.h"
#include "server/resp/command.h"
#include "server/resp/glob.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kv::resp {

namespace {

template <class Visit>
void for_each_command(Visit visit)
{
    for (const Command& command : all_commands()) {
        if (!is_subcommand(command)) visit(command);
    }
}

Array flags_of(const Command& command)
{
    Array flags{Array::Kind::set, {}};
    const auto add = [&](unsigned flag, std::string_view name) {
        if ((command.flags & flag) != 0) flags.elements.emplace_back(Simple{name});
    };
    add(writes, "write");
    add(reads, "readonly");
    add(needs_memory, "denyoom");
    add(admin, "admin");
    add(no_script, "noscript");
    add(blocks, "blocking");
    add(fast, "fast");
    add(movable_keys, "movablekeys");
    return flags;
}

/// ACL categories, as far as they follow from the row.
Array categories_of(const Command& command)
{
    Array categories{Array::Kind::set, {}};
    const auto add = [&](std::string_view name) { categories.elements.emplace_back(Simple{name}); };
    if ((command.flags & writes) != 0) add("@write");
    if ((command.flags & reads) != 0) add("@read");
    if (!command.group->category.empty()) add(command.group->category);
    if ((command.flags & admin) != 0) add("@admin");
    add((command.flags & fast) != 0 ? "@fast" : "@slow");
    if ((command.flags & blocks) != 0) add("@blocking");
    return categories;
}

/// name, arity, flags, first key, last key, step, ACL categories, tips, key specifications,
/// subcommands
Reply row_of(const Command& command)
{
    Array subcommands;
    for (const Command& other : all_commands()) {
        if (is_subcommand_of(other, command)) subcommands.elements.push_back(row_of(other));
    }
    return Array{
        Array::Kind::array,
        {bulk(command.name), Integer{command.arity}, flags_of(command), Integer{command.keys.first},
         Integer{command.keys.last}, Integer{command.keys.step}, categories_of(command), Array{},
         Array{}, std::move(subcommands)}};
}

/// Whether COMMAND LIST FILTERBY admits a command; `pattern` is made of `value`.
bool passes(const Command& command, std::string_view filter, std::string_view value,
            const Glob& pattern)
{
    if (equal_ignoring_case(filter, "pattern")) return pattern.matches(command.name);
    if (equal_ignoring_case(filter, "module")) return false;
    for (const Reply& category : categories_of(command).elements) {
        if (std::get<Simple>(category).text.substr(1) == value) return true;
    }
    return false;
}

Reply handle_command(Call&)
{
    Array rows;
    for_each_command([&](const Command& command) { rows.elements.push_back(row_of(command)); });
    return rows;
}

Reply handle_command_count(Call&)
{
    std::size_t count = 0;
    for_each_command([&](const Command&) { ++count; });
    return integer(count);
}

Reply handle_command_info(Call& call)
{
    if (call.size() == 2) return handle_command(call);
    Array rows;
    for (std::size_t i = 2; i < call.size(); ++i) {
        const Command* command = find_command(call[i]);
        Reply row = command == nullptr ? Reply(NullArray{}) : row_of(*command);
        if (!call.hold(footprint(row))) return error(out_of_memory);
        rows.elements.push_back(std::move(row));
    }
    return rows;
}

Reply handle_command_list(Call& call)
{
    const bool filters = call.size() == 5 && equal_ignoring_case(call[2], "filterby");
    const bool known = filters && (equal_ignoring_case(call[3], "pattern") ||
                                   equal_ignoring_case(call[3], "aclcat") ||
                                   equal_ignoring_case(call[3], "module"));
    if (call.size() != 2 && !known) return error(syntax_error);
    const auto pattern = Glob::compile(filters ? call[4] : "*");
    if (!pattern) return error(pattern_too_long);
    Array names;
    for (const Command& command : all_commands()) {
        const bool fits =
            filters ? passes(command, call[3], call[4], *pattern) : !is_subcommand(command);
        if (fits) names.elements.emplace_back(bulk(command.name));
    }
    return names;
}

Reply handle_command_getkeys(Call& call)
{
    const Command* command = find_command(call[2]);
    if (command != nullptr && (command->flags & has_subcommands) != 0 && call.size() > 3) {
        command = find_command(fmt::format("{}|{}", command->name, call[3]));
    }
    if (command == nullptr) return error("ERR Invalid command specified");
    const Words words = call.words().subspan(2);
    if (command->keys.first == 0 && command->keys.count == 0) {
        return error("ERR The command has no key arguments");
    }
    if (!fits_arity(*command, words.size())) {
        return error("ERR Invalid number of arguments specified for command");
    }
    if (!keys_without_place(*command, words)) {
        return error("ERR Invalid arguments specified for command");
    }
    Array keys;
    for_each_key(*command, words,
                 [&](std::size_t i) { keys.elements.emplace_back(bulk(words[i])); });
    return keys;
}

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

/// One command's entry: summary, since, group, arguments, subcommands.
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

Reply handle_command_docs(Call& call)
{
    Array commands{Array::Kind::map, {}};
    for (const Command& command : all_commands()) {
        if (call.size() > 2 || is_subcommand(command)) continue;
        add(commands, command.name, documentation_of(command));
    }
    for (std::size_t i = 2; i < call.size(); ++i) {
        const Command* command = find_command(call[i]);
        if (command == nullptr) continue;
        Reply entry = documentation_of(*command);
        if (!call.hold(2 * sizeof(Reply) + footprint(entry))) return error(out_of_memory);
        add(commands, command->name, std::move(entry));
    }
    return commands;
}

/// CLIENT HELP and the like: the names of the subcommands.
Reply handle_help(Call& call)
{
    const Command* container =
        find_command(call.command.name.substr(0, call.command.name.find('|')));
    Array lines;
    lines.elements.emplace_back(Simple{"<subcommand> [<arg> [value] [opt] ...]. Subcommands are:"});
    for (const Command& command : all_commands()) {
        if (!is_subcommand_of(command, *container)) continue;
        const std::string_view rest = command.name.substr(container->name.size() + 1);
        lines.elements.emplace_back(Bulk{in_capitals(rest)});
    }
    return lines;
}

}  // namespace

std::span<const Handler> command_handlers()
{
    static constexpr Handler table[] = {
        {"object|help", handle_help},          {"client|help", handle_help},
        {"memory|help", handle_help},          {"config|help", handle_help},
        {"command", handle_command},           {"command|count", handle_command_count},
        {"command|docs", handle_command_docs}, {"command|getkeys", handle_command_getkeys},
        {"command|help", handle_help},         {"command|info", handle_command_info},
        {"command|list", handle_command_list},
    };
    return table;
}

}  // namespace kv::resp
