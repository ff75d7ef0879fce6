// lock_watch.h: who wants to know how long the store's lock was waited for.
#pragma once

#include "common/mutex.h"

#include <chrono>
#include <mutex>

namespace kv {

class LockWatch {
public:
    virtual ~LockWatch() = default;

    /// This thread has waited so long for the lock, which it holds now: to be brief about it.
    virtual void waited(std::chrono::nanoseconds time) = 0;
};

/// Takes the lock. With no watch (null) the clock is not read.
[[nodiscard]] inline std::unique_lock<Mutex> take_lock(Mutex& mutex, LockWatch* watch)
{
    if (watch == nullptr) return std::unique_lock(mutex);
    const auto asked = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex);
    watch->waited(std::chrono::steady_clock::now() - asked);
    return lock;
}

}  // namespace kv
