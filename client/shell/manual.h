// manual.h: help, completions and the manual page, all from the same tables.
#pragma once

#include "client/shell/session.h"

#include <string>
#include <string_view>

namespace kv::shell {

/// The shell's own words; the rest is the server's.
[[nodiscard]] std::span<const CommandInfo> shell_commands();

/// The table row of command `name` in `dialect`, the shell's own commands included; null if
/// unknown.
[[nodiscard]] const CommandInfo* command_info(Dialect dialect, std::string_view name);

struct ExitRow {
    int code;
    const char* meaning;
};
[[nodiscard]] std::span<const ExitRow> exit_codes();

/// "set key value [EX seconds] ...": a command as its usage line.
[[nodiscard]] std::string with_arguments(const CommandInfo& info);

/// What --help prints.
[[nodiscard]] std::string usage_text();

/// What `help` prints on a screen so wide: every command by group; `help NAME`: that command, with
/// its subcommands; `help @GROUP` or `help GROUP`: those of a group. Throws UsageError for a name
/// nobody knows.
[[nodiscard]] std::string help_text(Dialect dialect, std::string_view name, std::size_t columns);

/// kvcli.1, in roff.
[[nodiscard]] std::string manual_page();

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();

/// One of the three above: "man", "bash", "zsh". Throws UsageError for anything else.
[[nodiscard]] std::string generated(std::string_view what);

}  // namespace kv::shell
