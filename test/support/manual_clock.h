// manual_clock.h: time turned by hand, so that expiry is tested without waiting for it.
#pragma once

#include "common/clock.h"

#include <atomic>

namespace kv::test {

/// Starts at a round moment of 2023, so that Unix times in a test can be told from spans. Any
/// thread may turn it.
class ManualClock final : public Clock {
public:
    [[nodiscard]] UnixMillis now() const override { return UnixMillis{now_.load()}; }

    void advance(UnixMillis span) { now_ += span.count(); }

    static constexpr UnixMillis start{1'700'000'000'000};

private:
    std::atomic<UnixMillis::rep> now_{start.count()};
};

}  // namespace kv::test
