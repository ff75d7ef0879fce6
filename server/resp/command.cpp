#include "server/resp/command.h"

#include "common/letter_case.h"

#include <fmt/format.h>

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

using HandlersByName = std::unordered_map<std::string_view, const Handler*>;

/// A name with a second handler goes to `unpaired`.
HandlersByName all_handlers(std::vector<std::string>& unpaired)
{
    HandlersByName by_name;
    for (const auto& handlers_of_file : files) {
        for (const Handler& handler : handlers_of_file()) {
            if (!by_name.emplace(handler.name, &handler).second) {
                unpaired.emplace_back(handler.name);
            }
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
                const Handler none{row.name, nullptr};
                const Handler& handler = found.empty() ? none : *found.mapped();
                joined.commands.push_back({row, &group, handler.handle, handler.most_bytes});
            }
        }
    }
    for (const auto& [name, handler] : handlers) joined.unpaired.emplace_back(name);
    return joined;
}

constexpr std::size_t longest_name = 32;

/// The rows by name, in any case of letters: an open hash table, at most half full, so that a
/// request's command is found in one look or two, without a copy of its name.
class CommandTable {
public:
    CommandTable();

    [[nodiscard]] const Command* find(std::string_view name) const
    {
        if (name.size() > longest_name) return nullptr;
        std::size_t slot = first_slot(name);
        while (slots_[slot] != nullptr && !is_name_of(*slots_[slot], name)) slot = behind(slot);
        return slots_[slot];
    }

private:
    /// Four marks of a name tell nearly all of them apart: its length, and its first, middle and
    /// last byte, without the bit in which a capital differs from its small letter.
    [[nodiscard]] static std::size_t first_slot(std::string_view name)
    {
        if (name.empty()) return 0;
        const std::size_t middle = name.size() / 2;
        const std::size_t hash =
            name.size() + mark(name.front()) * 3 + mark(name[middle]) * 37 + mark(name.back()) * 65;
        return hash % slots;
    }
    [[nodiscard]] static std::size_t mark(char byte)
    {
        return static_cast<unsigned char>(byte) | 0x20U;
    }

    /// A row's name is in small letters.
    [[nodiscard]] static bool is_name_of(const Command& command, std::string_view name)
    {
        const std::string_view small = command.name;
        if (small.size() != name.size()) return false;
        for (std::size_t i = 0; i < small.size(); ++i) {
            if (small_letter(name[i]) != small[i]) return false;
        }
        return true;
    }

    [[nodiscard]] static std::size_t behind(std::size_t slot) { return (slot + 1) % slots; }

    static constexpr std::size_t slots = 512;
    std::array<const Command*, slots> slots_{};
};

/// Not inlined into what looks commands up, which is to stay small.
[[gnu::noinline]] CommandTable::CommandTable()
{
    assert(2 * all_commands().size() <= slots);
    for (const Command& command : all_commands()) {
        std::size_t slot = first_slot(command.name);
        while (slots_[slot] != nullptr) slot = behind(slot);
        slots_[slot] = &command;
    }
}

[[gnu::noinline]] const Command* find_subcommand(const Command& container, std::string_view name)
{
    return find_command(fmt::format("{}|{}", container.name, name));
}

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
    static const CommandTable table;
    return table.find(name);
}

const Command* command_of(Words words)
{
    if (words.empty()) return nullptr;
    const Command* command = find_command(words[0]);
    if (command == nullptr || words.size() < 2 || (command->flags & has_subcommands) == 0) {
        return command;
    }
    return find_subcommand(*command, words[1]);
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

Error wrong_arity(const Command& command)
{
    return {fmt::format("ERR wrong number of arguments for '{}' command", command.name)};
}

std::size_t present_and_words(const Call& call, std::size_t present)
{
    std::size_t bytes = present;
    for (std::size_t i = 0; i < call.size(); ++i) bytes += call[i].size();
    return bytes;
}

std::size_t footprint(const Reply& reply)
{
    constexpr std::size_t own_bytes = sizeof(std::string) / 2;  // a short text has no heap block
    const Reply::variant& form = reply;
    std::size_t bytes = sizeof(Reply);
    const auto add_text = [&](const std::string& text) {
        if (text.capacity() >= own_bytes) bytes += text.capacity() + own_bytes;
    };
    if (const auto* bulk = std::get_if<Bulk>(&form)) add_text(bulk->bytes);
    if (const auto* text = std::get_if<Verbatim>(&form)) add_text(text->text);
    if (const auto* error = std::get_if<Error>(&form)) add_text(error->text);
    if (const auto* array = std::get_if<Array>(&form)) {
        bytes += (array->elements.capacity() - array->elements.size()) * sizeof(Reply) + own_bytes;
        for (const Reply& element : array->elements) bytes += footprint(element);
    }
    return bytes;
}

}  // namespace kv::resp
