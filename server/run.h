// run.h: `kvserver run [OPTIONS] -- COMMAND [ARGUMENT...]`: a server for as long as a command runs.
#pragma once

namespace kv {

/// Whether the first word asks for this.
[[nodiscard]] bool is_run(int argc, const char* const* argv);

/// Serves on free ports unless the options name others, runs the command with KV_URL (the first
/// listener), KV_MEMCACHE_URL and KV_REDIS_URL in its environment, passes signals on to it, stops
/// when it ends and returns its exit status: as shells say it, or 125 when the server could not
/// start (the reason is on stderr).
int run_command(int argc, char** argv);

}  // namespace kv
