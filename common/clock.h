// clock.h: the time of day, as a parameter, so that tests can turn it by hand.
#pragma once

#include <chrono>

namespace kv {

/// Milliseconds since the Unix epoch: what protocols write and what items carry as their expiry.
using UnixMillis = std::chrono::milliseconds;

/// An expiry that never comes.
constexpr UnixMillis never = UnixMillis::max();

/// Where the store gets the time from. Any thread may ask.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual UnixMillis now() const = 0;
};

/// The wall clock as it was when this object was made, carried on by the steady clock: a later step
/// of the system's time neither expires an item early nor brings one back.
class SystemClock final : public Clock {
public:
    [[nodiscard]] UnixMillis now() const override
    {
        const auto elapsed = std::chrono::steady_clock::now() - started_;
        return started_at_ + std::chrono::duration_cast<UnixMillis>(elapsed);
    }

private:
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    UnixMillis started_at_ =
        std::chrono::duration_cast<UnixMillis>(std::chrono::system_clock::now().time_since_epoch());
};

}  // namespace kv
