// modes.h: what kvcli can do instead of running commands: look at a server.
//
// Each function runs until it is done or interrupted and throws as Speaker::ask_all().
#pragma once

#include "client/shell/shell.h"

namespace kv::shell {

/// --scan: keys, one to a line. As they are into a pipe, escaped on a terminal.
ExitCode scan(Shell& shell);

/// --bigkeys: for each type how many keys there are, and the largest.
ExitCode big_keys(Shell& shell);

/// --monitor: Redis' MONITOR, memcached's `watch`.
ExitCode monitor(Shell& shell);

/// --stat: a line of rates every --interval (1 s), --repeat of them.
ExitCode stat(Shell& shell);

/// --latency: --repeat round trips (terminal: until interrupted, else 100), --interval (10 ms)
/// apart; then percentiles and a histogram.
ExitCode latency(Shell& shell);

}  // namespace kv::shell
