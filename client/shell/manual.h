// manual.h: help, completions and the manual page, all from the same tables.
#pragma once

#include "client/shell/session.h"

#include <string>
#include <string_view>

namespace kv::shell {

/// The shell's own words; the rest is the server's.
[[nodiscard]] std::span<const CommandInfo> shell_commands();

/// The row of `name` in `dialect`: the shell's own, or the server's. Null when there is none.
[[nodiscard]] const CommandInfo* command_info(Dialect dialect, std::string_view name);

/// What --help prints.
[[nodiscard]] std::string usage_text();

/// What `help` prints: every command by group; `help NAME`: that command. Throws UsageError for a
/// name nobody knows.
[[nodiscard]] std::string help_text(Dialect dialect, std::string_view name);

/// "bash", "zsh": completions; "man": kvcli.1. Throws UsageError for anything else.
[[nodiscard]] std::string generated(std::string_view what);

}  // namespace kv::shell
