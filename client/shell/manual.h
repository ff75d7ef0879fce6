// manual.h: help, completions and the manual page, generated from the same tables.
#pragma once

#include "client/shell/session.h"

#include <string>
#include <string_view>

namespace kv::shell {

/// What TYPE answers for the values that dump, --bigkeys and --type know.
inline constexpr std::string_view value_types = "string list hash set zset";

/// The shell's own commands; all others are the server's.
[[nodiscard]] std::span<const CommandInfo> shell_commands();

/// The row of command `name` in `dialect`, including the shell's own commands; null if unknown.
[[nodiscard]] const CommandInfo* command_info(Dialect dialect, std::string_view name);

struct ExitRow {
    int code;
    const char* meaning;
};
[[nodiscard]] std::span<const ExitRow> exit_codes();

/// "set key value [EX seconds] ...": a command as its usage line.
[[nodiscard]] std::string with_arguments(const CommandInfo& info);

/// The text of --help.
[[nodiscard]] std::string usage_text();

/// The text of `help` for a screen of `columns`: every command by group; of `help NAME`: that
/// command with its subcommands; of `help @GROUP` or `help GROUP`: those of a group. Throws
/// UsageError for an unknown name.
[[nodiscard]] std::string help_text(Dialect dialect, std::string_view name, std::size_t columns);

/// kvcli.1, in roff.
[[nodiscard]] std::string manual_page();

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();

/// One of the three above, by name: "man", "bash", "zsh". Throws UsageError for any other.
[[nodiscard]] std::string generated(std::string_view what);

}  // namespace kv::shell
