// modes.h: the modes in which kvcli inspects a server instead of running commands.
//
// Each function runs until done or interrupted, and throws as Speaker::ask_all().
#pragma once

#include "client/shell/shell.h"

namespace kv::shell {

/// --scan: keys, one per line; escaped on a terminal.
ExitCode scan(Shell& shell);

/// --bigkeys: the number of keys of each type, and the largest.
ExitCode big_keys(Shell& shell);

/// --monitor: Redis' MONITOR, memcached's `watch`.
ExitCode monitor(Shell& shell);

/// --stat: a line of rates every --interval (1 s), --repeat times.
ExitCode stat(Shell& shell);

/// --latency: --repeat round trips (terminal: until interrupted, else 100), --interval (10 ms)
/// apart; then percentiles and a histogram.
ExitCode latency(Shell& shell);

}  // namespace kv::shell
