// report.h: the results of a run, as text and as JSON, and its progress.
#pragma once

#include "client/bench/load.h"
#include "client/bench/options.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kv::bench {

/// Rounded, with thousands separators: 1234567.8 -> "1,234,568".
[[nodiscard]] std::string grouped(double number);

/// In a suitable unit: "850 ns", "12.3 us", "4.56 ms", "1.20 s".
[[nodiscard]] std::string duration_text(std::int64_t ns);

/// A bar filled to `share` (0 to 1), `width` characters wide.
[[nodiscard]] std::string bar(double share, std::size_t width);

/// One per phase; the destructor clears the line. Used by the main thread. Writes to standard
/// error, and only if the options say so.
class Progress {
public:
    /// A phase lasts `seconds`, or, if 0, until `requests` are answered.
    Progress(const Options& options, std::string phase, double seconds, std::uint64_t requests);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// How often to redraw: rarely, because drawing disturbs the measurement.
    [[nodiscard]] std::chrono::milliseconds interval() const
    {
        return std::chrono::milliseconds(200);
    }

    void show(std::uint64_t answered);

private:
    [[nodiscard]] double share_done(double elapsed_seconds, std::uint64_t answered) const;

    bool is_shown_;
    std::string phase_;
    double seconds_;
    std::uint64_t requests_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Table and histogram for a terminal.
[[nodiscard]] std::string text_report(const Options& options, const Result& result);

/// The same figures and the options as one JSON object. Latencies are in microseconds.
[[nodiscard]] std::string json_report(const Options& options, const Result& result);

}  // namespace kv::bench
