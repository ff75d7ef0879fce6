// pace.h: when the next request may be sent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace kv::bench {

/// What bounds a stage of the run. All of it is one thread's part.
struct Bounds {
    std::uint64_t requests = std::numeric_limits<std::uint64_t>::max();
    double seconds = 0;              ///< 0: until `requests` are sent
    double requests_per_second = 0;  ///< 0: closed loop, a client asks as soon as it is answered
};

/// Closed loop: always, until the end. Open loop: at fixed times, however slow the answers are; a
/// request that no client was free for in time is sent late but dated with its own time, so that a
/// stall of the server is felt by every request that it delayed.
class Pace {
public:
    Pace(const Bounds& bounds, std::int64_t now_ns)
        : begin_ns_(now_ns),
          left_(bounds.requests),
          interval_ns_(bounds.requests_per_second > 0 ? 1e9 / bounds.requests_per_second : 0)
    {
        if (bounds.seconds > 0) end_ns_ = now_ns + static_cast<std::int64_t>(bounds.seconds * 1e9);
    }

    [[nodiscard]] bool is_open_loop() const { return interval_ns_ > 0; }

    /// When the next request is due. REQUIRES is_open_loop().
    [[nodiscard]] std::int64_t next_due_ns() const
    {
        return begin_ns_ + static_cast<std::int64_t>(interval_ns_ * static_cast<double>(taken_));
    }

    [[nodiscard]] bool is_over(std::int64_t now_ns) const
    {
        return left_ == 0 || now_ns >= end_ns_;
    }

    /// The time from which a request sent now counts, or nullopt when none may be sent yet.
    [[nodiscard]] std::optional<std::int64_t> take(std::int64_t now_ns)
    {
        if (is_over(now_ns)) return std::nullopt;
        const std::int64_t since_ns = is_open_loop() ? next_due_ns() : now_ns;
        if (since_ns > now_ns) return std::nullopt;
        --left_;
        ++taken_;
        return since_ns;
    }

    /// Requests that were due before the end and never sent.
    [[nodiscard]] std::uint64_t overdue() const
    {
        if (!is_open_loop() || left_ == 0 || next_due_ns() >= end_ns_) return 0;
        const auto late_ns = static_cast<double>(end_ns_ - next_due_ns());
        return std::min(left_, static_cast<std::uint64_t>(std::ceil(late_ns / interval_ns_)));
    }

private:
    std::int64_t begin_ns_;
    std::int64_t end_ns_ = std::numeric_limits<std::int64_t>::max();
    std::uint64_t left_;
    std::uint64_t taken_ = 0;
    double interval_ns_;
};

}  // namespace kv::bench
