// command_table.h: the commands of each protocol, their arguments and a summary.
//
// One table feeds the shell's help, hints, completion, checks and manual page, and
// server/COMMANDS.md.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace kv {

/// One command, as the shell takes it. `arguments` is its grammar, for people and for programs:
///   key value [EX seconds] [key ...]
/// A word in lower case is a placeholder, one in upper case is literal, brackets are optional, dots
/// mean "repeatable", a bar is a choice: LEFT|RIGHT. A value is one word here, whatever framing it
/// has on the wire.
struct CommandInfo {
    std::string_view name;
    std::string_view arguments;
    std::string_view summary;
    std::string_view group;
};

/// The memcached text protocol: classic and meta commands, by group.
[[nodiscard]] std::span<const CommandInfo> memcached_commands();

/// Redis' commands, by group: those of this server (common/redis/rows.h) and those of other
/// servers.
[[nodiscard]] std::span<const CommandInfo> redis_commands();

/// The row of `name`, whatever its letter case; null when there is none. A subcommand has its own
/// row ("CLIENT LIST").
[[nodiscard]] const CommandInfo* find_command(std::span<const CommandInfo> table,
                                              std::string_view name);

/// How many words `arguments` requires, and how many it allows (SIZE_MAX: any number).
struct Arity {
    std::size_t least = 0;
    std::size_t most = 0;
};
[[nodiscard]] Arity arity_of(std::string_view arguments);

/// Whether `word` of a grammar stands for the name of a key: "key", "destination".
[[nodiscard]] bool is_key_name(std::string_view word);

/// Whether argument number `index` (from 0) is the name of a key.
[[nodiscard]] bool is_key_argument(std::string_view arguments, std::size_t index);

/// The words in upper case of `arguments`, which can be completed like keys ("EX", "NX").
[[nodiscard]] std::vector<std::string_view> option_words(std::string_view arguments);

/// The arguments still missing after `count` of them: "value [EX seconds]" after `SET k`.
[[nodiscard]] std::string_view rest_of(std::string_view arguments, std::size_t count);

}  // namespace kv
