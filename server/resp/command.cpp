#include "server/resp/command.h"

#include "server/resp/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace kv::resp {

namespace {

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

constexpr std::size_t longest_name = 32;

}  // namespace

const Command* find_command(std::string_view name)
{
    static const auto rows = [] {
        std::unordered_map<std::string_view, const Command*> by_name;
        for (const Command& command : all_commands()) by_name.emplace(command.name, &command);
        return by_name;
    }();
    if (name.size() > longest_name) return nullptr;
    std::array<char, longest_name> small;
    std::transform(name.begin(), name.end(), small.begin(), lower);
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

std::string in_capitals(std::string_view name)
{
    std::string capitals(name);
    std::transform(name.begin(), name.end(), capitals.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return capitals;
}

Call::Call(const Command& asked, Arguments& words, State& client_state, const Context& session)
    : command(asked), arguments(words), state(client_state), context(session)
{
    for_each_key(command, words.size(),
                 [&](std::size_t i) { keys_.push_back(context.store.hashed(words[i])); });
}

std::optional<Draft> Call::take_value(std::size_t i)
{
    if (arguments.is_draft(i)) return arguments.take_draft(i);
    const std::string_view value = arguments[i];
    auto copy = draft(context.store.hashed(arguments[command.key_of_value(i)]), value.size());
    if (copy) std::copy(value.begin(), value.end(), copy->room().begin());
    return copy;
}

std::optional<Draft> Call::draft(const HashedKey& key, std::size_t bytes)
{
    return transaction != nullptr ? transaction->draft(key, bytes)
                                  : context.store.draft(key.bytes, bytes);
}

}  // namespace kv::resp
