// load.h: the whole run: all threads, all phases, and the measurement.
#pragma once

#include "client/bench/connection.h"
#include "client/bench/keys.h"
#include "client/bench/measurement.h"
#include "client/bench/options.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

namespace kv::bench {

/// One thread's part of the run: its index, and the number of threads.
struct Part {
    unsigned index;
    unsigned count;

    /// This part's share of `whole`; the shares of all parts add up to it.
    [[nodiscard]] std::uint64_t of(std::uint64_t whole) const
    {
        return begin_of(whole, index + 1) - begin_of(whole, index);
    }

    /// The index where this part begins.
    [[nodiscard]] std::uint64_t first_of(std::uint64_t whole) const
    {
        return begin_of(whole, index);
    }

private:
    [[nodiscard]] std::uint64_t begin_of(std::uint64_t whole, std::uint64_t part) const
    {
        return whole / count * part + std::min<std::uint64_t>(part, whole % count);
    }
};

/// The phases are called one after the other, each by one thread, and return when every reply is
/// in.
class Worker {
public:
    virtual ~Worker() = default;

    /// Opens this part's connections. Throws std::system_error.
    virtual void connect() = 0;

    /// Stores this part of the keys.
    virtual Tally prefill() = 0;

    /// Every connection, active or idle, sends one get, to prove that it is served.
    virtual Tally probe_all() = 0;

    /// The load of the options, for `seconds`; 0: for the options' number of requests.
    virtual Tally load(double seconds) = 0;

    /// Requests answered so far, in all phases; any thread may call it.
    [[nodiscard]] virtual std::uint64_t answered() const = 0;
};

/// `target`, `payload` and `options` outlive the worker.
[[nodiscard]] std::unique_ptr<Worker> make_worker(Protocol protocol, const Target& target,
                                                  const Payload& payload, const Options& options,
                                                  Part part);

/// The server process's CPU time during the measurement, and its memory after it.
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

    /// Microseconds of CPU time per request.
    [[nodiscard]] double per_request_us(double cpu_seconds) const
    {
        const auto requests = static_cast<double>(tally.answered());
        return requests > 0 ? cpu_seconds * 1e6 / requests : 0;
    }

    [[nodiscard]] bool is_clean() const { return tally.refused + tally.wrong + tally.lost == 0; }
};

/// Connects, prefills, warms up and measures, as the options say. Blocks until everything is done.
/// Throws std::exception when the server cannot be reached.
[[nodiscard]] Result run_load(const Options& options);

}  // namespace kv::bench
