// COMMAND: the command table, told to clients (redis.io/commands/command), and the HELP of every
// command that has subcommands.
#include "common/words.h"
#include "server/resp/command.h"
#include "server/resp/glob.h"
#include "server/resp/grammar.h"
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

/// Whether Redis carries it out while it loads its data. It has PING wait, so as not to seem ready,
/// and what tells of the data's memory.
bool works_without_data(const Command& command)
{
    return (command.flags & (reads | writes)) == 0 && command.handle != nullptr &&
           command.name != "ping" &&
           (!command.name.starts_with("memory|") || command.name == "memory|help");
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
    if (works_without_data(command)) {
        flags.elements.emplace_back(Simple{"loading"});
        flags.elements.emplace_back(Simple{"stale"});
    }
    add(blocks, "blocking");
    add(fast, "fast");
    add(movable_keys, "movablekeys");
    return flags;
}

/// A container is nothing to be allowed: its subcommands are.
Array categories_of(const Command& command)
{
    Array categories{Array::Kind::set, {}};
    const auto add = [&](std::string_view name) { categories.elements.emplace_back(Simple{name}); };
    if ((command.flags & writes) != 0) add("@write");
    if ((command.flags & reads) != 0) add("@read");
    std::string_view own =
        command.categories.empty() ? command.group->category : command.categories;
    if (command.handle != nullptr) {
        for (auto name = take_word(own); !name.empty(); name = take_word(own)) add(name);
    }
    if ((command.flags & admin) != 0) add("@admin");
    if ((command.flags & admin) != 0) add("@dangerous");
    add((command.flags & fast) != 0 ? "@fast" : "@slow");
    if ((command.flags & blocks) != 0) add("@blocking");
    return categories;
}

/// What a cluster's proxy is to know, as far as it concerns one server.
Array tips_of(const Command& command)
{
    Array tips;
    if ((command.flags & varies) != 0) tips.elements.emplace_back(bulk("nondeterministic_output"));
    if ((command.flags & any_order) != 0) {
        tips.elements.emplace_back(bulk("nondeterministic_output_order"));
    }
    return tips;
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
         Integer{command.keys.last}, Integer{command.keys.step}, categories_of(command),
         tips_of(command), Array{}, std::move(subcommands)}};
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

void add(Array& map, std::string_view name, Reply value)
{
    map.elements.emplace_back(bulk(name));
    map.elements.push_back(std::move(value));
}

Array describe(const std::vector<Argument>& arguments, std::string_view command);

Array describe(const Argument& argument, std::string_view command)
{
    Array map{Array::Kind::map, {}};
    add(map, "name", Bulk{argument.is_token() ? in_small_letters(argument.token) : argument.name});
    add(map, "type", bulk(type_of(argument, command)));
    if (!argument.token.empty()) add(map, "token", bulk(argument.token));
    Array flags;
    if (argument.optional) flags.elements.emplace_back(Simple{"optional"});
    if (argument.multiple) flags.elements.emplace_back(Simple{"multiple"});
    if (argument.repeats_token) flags.elements.emplace_back(Simple{"multiple_token"});
    if (!flags.elements.empty()) add(map, "flags", std::move(flags));
    if (!argument.parts.empty()) add(map, "arguments", describe(argument.parts, command));
    return map;
}

/// Bounded recursion: as deep as brackets in rows are.
Array describe(const std::vector<Argument>& arguments, std::string_view command)
{
    Array descriptions;
    for (const Argument& argument : arguments) {
        descriptions.elements.emplace_back(describe(argument, command));
    }
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
        Array arguments = describe(parse_grammar(command.grammar), command.name);
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
        {"latency|help", handle_help},         {"slowlog|help", handle_help},
        {"command", handle_command},           {"command|count", handle_command_count},
        {"command|docs", handle_command_docs}, {"command|getkeys", handle_command_getkeys},
        {"command|help", handle_help},         {"command|info", handle_command_info},
        {"command|list", handle_command_list},
    };
    return table;
}

}  // namespace kv::resp
