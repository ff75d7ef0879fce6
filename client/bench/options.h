// options.h: kvbench's command line.
#pragma once

#include "client/bench/keys.h"
#include "common/uri.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace kv::bench {

struct Options {
    Uri uri;
    std::uint32_t clients = 50;
    std::uint32_t threads = 1;
    std::uint32_t pipeline = 1;
    double get_share = 0.9;
    std::uint32_t keys = 100'000;
    Distribution distribution;
    SizeRange value_sizes;
    double duration_seconds = 5;  ///< 0: `requests` bound the run
    std::uint64_t requests = 0;
    double warm_up_seconds = 0;
    double rate = 0;  ///< requests per second of all clients; 0: closed loop
    bool prefill = false;
    bool sets_after_miss = false;
    bool connects_per_request = false;
    double active_share = 1;
    double timeout_seconds = 10;
    std::uint64_t seed = 1;
    pid_t server_pid = 0;   ///< 0: not measured
    std::string json_path;  ///< empty: none; "-": standard output, instead of the table
    bool shows_progress = false;
};

/// The options; nullopt after --help or --version, which it prints to stdout. Throws std::exception
/// whose text says what is wrong with the command line.
[[nodiscard]] std::optional<Options> parse_options(int argc, const char* const* argv);

}  // namespace kv::bench
