// prompt.h: the conversation at a terminal.
#pragma once

#include "client/shell/shell.h"

namespace kv::shell {

/// Reads commands with a prompt until Ctrl-D or `quit`. Always ExitCode::done: whoever sits there
/// has seen what went wrong.
ExitCode converse(Shell& shell, Interrupts& interrupts);

/// Reads commands from standard input, a line each, to its end; the worst exit code of them all.
ExitCode run_script(Shell& shell);

}  // namespace kv::shell
