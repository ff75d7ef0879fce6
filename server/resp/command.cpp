#include "server/resp/command.h"

#include "common/letter_case.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <unordered_map>

namespace kv::resp {

namespace {

constexpr std::array files{command_handlers, connection_handlers,  info_handlers,
                           key_handlers,     scan_handlers,        server_handlers,
                           string_handlers,  string_edit_handlers, transaction_handlers};

struct Joined {
    std::vector<Command> commands;
    std::vector<std::string> unpaired;
};

using HandlersByName = std::unordered_map<std::string_view, Handle>;

/// A name with a second handler goes to `unpaired`.
HandlersByName all_handlers(std::vector<std::string>& unpaired)
{
    HandlersByName by_name;
    for (const auto& handlers_of_file : files) {
        for (const auto& [name, handle] : handlers_of_file()) {
            if (!by_name.emplace(name, handle).second) unpaired.emplace_back(name);
        }
    }
    return by_name;
}

/// "CLIENT" alone has too few words; COMMAND alone is a command.
bool needs_handler(const redis::Row& row)
{
    return (row.flags & has_subcommands) == 0 || row.arity == -1;
}

Joined join_rows_and_handlers()
{
    Joined joined;
    HandlersByName handlers = all_handlers(joined.unpaired);
    for (const redis::Group& group : redis::groups()) {
        for (const redis::Row& row : group.rows) {
            const auto found = handlers.extract(row.name);
            if (found.empty() && needs_handler(row)) {
                joined.unpaired.emplace_back(row.name);
            } else {
                joined.commands.push_back({row, &group, found.empty() ? nullptr : found.mapped()});
            }
        }
    }
    for (const auto& [name, handle] : handlers) joined.unpaired.emplace_back(name);
    return joined;
}

constexpr std::size_t longest_name = 32;

}  // namespace

std::span<const Command> all_commands()
{
    static const auto commands = [] {
        Joined joined = join_rows_and_handlers();
        assert(joined.unpaired.empty());  // a row or a handler alone: see unpaired_names()
        return std::move(joined.commands);
    }();
    return commands;
}

std::vector<std::string> unpaired_names()
{
    return join_rows_and_handlers().unpaired;
}

const Command* find_command(std::string_view name)
{
    static const auto rows = [] {
        std::unordered_map<std::string_view, const Command*> by_name;
        for (const Command& command : all_commands()) by_name.emplace(command.name, &command);
        return by_name;
    }();
    if (name.size() > longest_name) return nullptr;
    std::array<char, longest_name> small;
    std::transform(name.begin(), name.end(), small.begin(), small_letter);
    const auto found = rows.find(std::string_view(small.data(), name.size()));
    return found == rows.end() ? nullptr : found->second;
}

bool is_subcommand(const Command& command)
{
    return command.name.find('|') != std::string_view::npos;
}

bool is_subcommand_of(const Command& command, const Command& container)
{
    return command.name.size() > container.name.size() &&
           command.name.starts_with(container.name) && command.name[container.name.size()] == '|';
}

bool fits_arity(const Command& command, std::size_t words)
{
    const auto count = static_cast<int>(words);
    return command.arity < 0 ? count >= -command.arity : count == command.arity;
}

Error wrong_arity(const Command& command)
{
    return {fmt::format("ERR wrong number of arguments for '{}' command", command.name)};
}

Call::Call(const Command& asked, Arguments& words, State& client_state, const Context& session)
    : command(asked), arguments(words), state(client_state), context(session)
{
    for_each_key(command, words.size(), [&](std::size_t i) { keys_.push_back(hashed(i)); });
}

/// A value that was read into a draft brings the hash of its key.
HashedKey Call::hashed(std::size_t i) const
{
    const std::size_t value = command.value_of_key(i);
    if (value != 0 && value < arguments.size() && arguments.is_draft(value)) {
        return {arguments[i], arguments.key_hash(value)};
    }
    return context.store.hashed(arguments[i]);
}

std::optional<Draft> Call::take_value(std::size_t i)
{
    if (arguments.is_draft(i)) return arguments.take_draft(i);
    const std::string_view value = arguments[i];
    const HashedKey own_key = context.store.hashed(arguments[command.key_of_value(i)]);
    auto copy = draft(context, own_key, value.size());
    if (copy) std::copy(value.begin(), value.end(), copy->room().begin());
    return copy;
}

}  // namespace kv::resp
