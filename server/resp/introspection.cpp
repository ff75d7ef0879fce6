// COMMAND: the command table, told to clients (redis.io/commands/command).
#include "common/letter_case.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/glob.h"

#include <fmt/format.h>

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
    add(fast, "fast");
    add(unseen, "skip_monitor");
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

/// Whether COMMAND LIST FILTERBY admits a command.
bool passes(const Command& command, std::string_view filter, std::string_view value)
{
    if (equal_ignoring_case(filter, "pattern")) return matches(value, command.name);
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
        rows.elements.push_back(command == nullptr ? Reply(NullArray{}) : row_of(*command));
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
    Array names;
    for (const Command& command : all_commands()) {
        const bool fits = filters ? passes(command, call[3], call[4]) : !is_subcommand(command);
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
    if (command->keys.first == 0) return error("ERR The command has no key arguments");
    if (!fits_arity(*command, call.size() - 2)) {
        return error("ERR Invalid number of arguments specified for command");
    }
    Array keys;
    for_each_key(*command, call.size() - 2,
                 [&](std::size_t i) { keys.elements.emplace_back(bulk(call[i + 2])); });
    return keys;
}

}  // namespace

std::span<const Handler> introspection_handlers()
{
    static constexpr Handler table[] = {
        {"command", handle_command},
        {"command|count", handle_command_count},
        {"command|getkeys", handle_command_getkeys},
        {"command|info", handle_command_info},
        {"command|list", handle_command_list},
    };
    return table;
}

}  // namespace kv::resp
