// clock.h: the time of day as a parameter, so that tests can move it.
#pragma once

#include "common/mutex.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace kv {

/// Milliseconds since the Unix epoch: the unit of expiries in protocols and items.
using UnixMillis = std::chrono::milliseconds;

/// No expiry.
constexpr UnixMillis never = UnixMillis::max();

/// The store's source of time. Any thread may call it.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual UnixMillis now() const = 0;
};

/// The wall clock at construction, advanced by the steady clock: a later step of the system time
/// neither expires an item early nor brings one back.
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

/// The system's time plus an offset; any thread may read it and move it.
class VirtualClock final : public Clock {
public:
    [[nodiscard]] UnixMillis now() const override
    {
        const MutexLock lock(mutex_);
        return (paused_ ? paused_at_ : system_.now()) + moved_by_;
    }

    /// Stops the clock. Idempotent.
    void pause()
    {
        const MutexLock lock(mutex_);
        if (!paused_) paused_at_ = system_.now();
        paused_ = true;
    }

    /// Resumes it; the pause is not made up for.
    void resume()
    {
        const MutexLock lock(mutex_);
        if (paused_) moved_by_ -= system_.now() - paused_at_;
        paused_ = false;
    }

    /// Moves it, even while it is stopped, in either direction; items that were dropped as expired
    /// do not come back. A move beyond some ten thousand years is ignored.
    void move(std::chrono::seconds by)
    {
        constexpr std::chrono::seconds farthest{std::int64_t{1} << 38};
        const auto step = std::clamp(by, -farthest, farthest);
        const MutexLock lock(mutex_);
        moved_by_ = std::clamp<UnixMillis>(moved_by_ + step, -farthest, farthest);
    }

private:
    SystemClock system_;
    mutable Mutex mutex_;
    bool paused_ KV_GUARDED_BY(mutex_) = false;
    UnixMillis paused_at_ KV_GUARDED_BY(mutex_){0};
    UnixMillis moved_by_ KV_GUARDED_BY(mutex_){0};
};

}  // namespace kv
