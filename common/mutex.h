// mutex.h: std::mutex with annotations, so that clang can check which code holds it.
//
// libstdc++'s mutex has no annotations, so `clang++ -Wthread-safety` ignores it. With this wrapper,
// code that uses a field marked KV_GUARDED_BY(mutex_) without the lock does not compile there; g++
// sees an ordinary mutex. (Clang's manual: "Thread Safety Analysis".)
#pragma once

#include <sched.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <mutex>

#ifdef __clang__
#define KV_THREAD_MARK(mark) __attribute__((mark))
#else
#define KV_THREAD_MARK(mark)
#endif

#define KV_CAPABILITY KV_THREAD_MARK(capability("mutex"))
#define KV_SCOPED_CAPABILITY KV_THREAD_MARK(scoped_lockable)
#define KV_GUARDED_BY(mutex) KV_THREAD_MARK(guarded_by(mutex))
#define KV_REQUIRES(mutex) KV_THREAD_MARK(requires_capability(mutex))
#define KV_ACQUIRE(...) KV_THREAD_MARK(acquire_capability(__VA_ARGS__))
#define KV_RELEASE(...) KV_THREAD_MARK(release_capability(__VA_ARGS__))
// For the one kind of function whose locking clang cannot follow: it holds a lock in a member.
#define KV_UNCHECKED KV_THREAD_MARK(no_thread_safety_analysis)
#define KV_ASSERT_HELD(...) KV_THREAD_MARK(assert_capability(__VA_ARGS__))

namespace kv {

/// The order in which one thread may take several locks: from the first to the last, at most one of
/// a rank. Asserted in builds with KV_CHECK_LOCK_ORDER (dev and the sanitizers').
enum class LockRank : std::uint8_t {
    store,     ///< the one over the map
    registry,  ///< the connected clients
    channels,  ///< the clients that receive messages: monitors
    client,    ///< one client's name, its mailbox
    last,      ///< nothing is locked under it
};

#ifdef KV_CHECK_LOCK_ORDER
/// The ranks that this thread holds, a bit each.
inline thread_local unsigned held_lock_ranks = 0;
#endif

/// An adaptive mutex where the C library has one: it spins briefly before it sleeps, because our
/// critical sections are shorter than a context switch. It is not fair: a thread that unlocks it
/// and locks it again at once is faster than one that has to wake up. So a thread that
/// works in steps calls let_waiters_in() between two of them.
class KV_CAPABILITY Mutex {
public:
    explicit Mutex(LockRank rank = LockRank::last) : rank_bit_(1U << static_cast<unsigned>(rank))
    {
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
        const pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
        *mutex_.native_handle() = adaptive;
#endif
    }

    void lock() KV_ACQUIRE()
    {
#ifdef KV_CHECK_LOCK_ORDER
        assert(held_lock_ranks < rank_bit_ && "locks are taken in the order of LockRank");
        held_lock_ranks |= rank_bit_;
#endif
        if (!mutex_.try_lock()) wait_and_lock();
    }
    void unlock() KV_RELEASE()
    {
        mutex_.unlock();
#ifdef KV_CHECK_LOCK_ORDER
        held_lock_ranks &= ~rank_bit_;
#endif
    }

    /// Waits until as many threads as wait for the lock now have got it. To call without the lock,
    /// between two steps that take it. Costs two loads when nobody waits. At first it yields, since
    /// a thread that waits mostly needs a moment to wake up; then it sleeps, since the lock may be
    /// held for long.
    void let_waiters_in() const
    {
        constexpr int most_yields = 200;  // some 0.5 us each while nothing else runs
        const std::uint32_t target = asked_.load(std::memory_order_relaxed);
        for (int i = 0; i < most_yields && left_before(target) > 0; ++i) ::sched_yield();
        while (const std::uint32_t left = left_before(target)) {
            served_.wait(target - left, std::memory_order_relaxed);
        }
    }

    /// How many threads have had to wait for the lock; those that still do included.
    [[nodiscard]] std::uint32_t waits() const
    {
        return asked_.load(std::memory_order_relaxed);
    }

    /// Tells the checker, and the reader, that the caller's caller holds this lock.
    void assert_held() const KV_ASSERT_HELD() {}

private:
    /// Draws a number and is served in any order: what counts is how many have been served.
    [[gnu::noinline]] void wait_and_lock() KV_UNCHECKED
    {
        asked_.fetch_add(1, std::memory_order_relaxed);
        mutex_.lock();
        served_.store(served_.load(std::memory_order_relaxed) + 1);  // before the look for sleepers
        served_.notify_all();
    }

    /// How many more must be served until `number` have been.
    [[nodiscard]] std::uint32_t left_before(std::uint32_t number) const
    {
        const std::uint32_t left = number - served_.load(std::memory_order_relaxed);
        return left > UINT32_MAX / 2 ? 0 : left;  // passed already; the numbers wrap around
    }

    std::mutex mutex_;
    const unsigned rank_bit_;
    std::atomic<std::uint32_t> asked_{0};   ///< threads that found it locked
    std::atomic<std::uint32_t> served_{0};  ///< those of them that have got it; under the lock
};

/// Holds a Mutex for a scope.
class KV_SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex& mutex) KV_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~MutexLock() KV_RELEASE() { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& mutex_;
};

// Who wants to know how long the store's lock was waited for, and held.

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
