// progress.h: the bar on the terminal while a stage runs.
#pragma once

#include "client/bench/options.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace kv::bench {

/// One per stage; wipes its line when it goes. Used by the main thread. Writes to standard error,
/// and only when the options say so.
class Progress {
public:
    /// A stage lasts `seconds`, or, when that is 0, until `requests` are answered.
    Progress(const Options& options, std::string stage, double seconds, std::uint64_t requests);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// How often to show it: rarely, because drawing takes time from the measurement.
    [[nodiscard]] std::chrono::milliseconds interval() const
    {
        return std::chrono::milliseconds(200);
    }

    void show(std::uint64_t answered);

private:
    [[nodiscard]] double share_done(double elapsed_seconds, std::uint64_t answered) const;

    bool is_shown_;
    std::string stage_;
    double seconds_;
    std::uint64_t requests_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace kv::bench
