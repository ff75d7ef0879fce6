// manual_clock.h: a clock set by hand, to test expiry without waiting.
#pragma once

#include "common/clock.h"

#include <atomic>

namespace kv::test {

/// Starts at a round time in 2023, so that Unix times in a test differ clearly from durations. Any
/// thread may move it.
class ManualClock final : public Clock {
public:
    [[nodiscard]] UnixMillis now() const override { return UnixMillis{now_.load()}; }

    void advance(UnixMillis span) { now_ += span.count(); }

    static constexpr UnixMillis start{1'700'000'000'000};

private:
    std::atomic<UnixMillis::rep> now_{start.count()};
};

}  // namespace kv::test
