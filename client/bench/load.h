// load.h: the whole run: all threads through all stages, measured.
#pragma once

#include "client/bench/options.h"
#include "client/bench/process_meter.h"
#include "client/bench/tally.h"

#include <optional>

namespace kv::bench {

/// What the server's process cost during the measurement, and held after it.
struct ServerUse {
    double cpu_seconds = 0;
    Memory memory;
};

struct Result {
    Tally tally;
    double seconds = 0;  ///< from the first request to the last reply
    double client_cpu_seconds = 0;
    std::optional<ServerUse> server;

    [[nodiscard]] double per_second() const
    {
        return seconds > 0 ? static_cast<double>(tally.answered()) / seconds : 0;
    }

    [[nodiscard]] double hit_share() const
    {
        const auto gets = tally.hits + tally.misses;
        return gets > 0 ? static_cast<double>(tally.hits) / static_cast<double>(gets) : 0;
    }

    /// Microseconds of CPU time per request; as many seconds per million requests.
    [[nodiscard]] double per_request_us(double cpu_seconds) const
    {
        const auto requests = static_cast<double>(tally.answered());
        return requests > 0 ? cpu_seconds * 1e6 / requests : 0;
    }

    [[nodiscard]] bool is_clean() const { return tally.refused + tally.wrong + tally.lost == 0; }
};

/// Connects, prefills, warms up and measures, as the options say. Blocks until all of it is done.
/// Throws std::exception when the server cannot be reached.
[[nodiscard]] Result run_load(const Options& options);

}  // namespace kv::bench
