// lock_watch.h: who wants to know how long the store's lock was waited for, and held.
#pragma once

#include "common/mutex.h"

#include <chrono>
#include <ctime>
#include <mutex>

namespace kv {

class LockWatch {
public:
    virtual ~LockWatch() = default;

    /// This thread has waited so long for the lock, which it holds now: to be brief about it.
    virtual void waited(std::chrono::nanoseconds time) = 0;

    /// This thread lets go of the lock now, and has held it for so much of its own processor time.
    /// Only told in builds with KV_CHECK_LOCK_ORDER; others do not measure it.
    virtual void held(std::chrono::nanoseconds /*own_time*/) {}
};

#ifdef KV_CHECK_LOCK_ORDER
/// What this thread has had of a processor: another's turn is no part of a hold.
[[nodiscard]] inline std::chrono::nanoseconds own_time()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// When this thread's hold began; it has one at most.
inline thread_local std::chrono::nanoseconds hold_began{};
#endif

/// To be called just before the lock is let go.
inline void tell_of_hold([[maybe_unused]] LockWatch* watch)
{
#ifdef KV_CHECK_LOCK_ORDER
    if (watch != nullptr) watch->held(own_time() - hold_began);
#endif
}

/// Takes the lock. With no watch (null) the clock is not read.
[[nodiscard]] inline std::unique_lock<Mutex> take_lock(Mutex& mutex, LockWatch* watch)
{
    if (watch == nullptr) return std::unique_lock(mutex);
    const auto asked = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex);
    watch->waited(std::chrono::steady_clock::now() - asked);
#ifdef KV_CHECK_LOCK_ORDER
    hold_began = own_time();
#endif
    return lock;
}

}  // namespace kv
