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
// For functions whose locking clang cannot follow, because a member holds the lock.
#define KV_UNCHECKED KV_THREAD_MARK(no_thread_safety_analysis)
#define KV_ASSERT_HELD(...) KV_THREAD_MARK(assert_capability(__VA_ARGS__))

namespace kv {

/// The order in which a thread may take several locks: first to last, at most one of each rank.
/// Asserted in builds with KV_CHECK_LOCK_ORDER (dev and the sanitizers').
enum class LockRank : std::uint8_t {
    store,     ///< the one that guards the map
    registry,  ///< the connected clients
    channels,  ///< the clients that receive messages: monitors
    client,    ///< one client's name, its mailbox
    last,      ///< no lock is taken while holding it
};

#ifdef KV_CHECK_LOCK_ORDER
/// The ranks that this thread holds, one bit each.
inline thread_local unsigned held_lock_ranks = 0;
#endif

/// An adaptive mutex where the C library has one: it spins briefly before it sleeps, because our
/// critical sections are shorter than a context switch. It is not fair: a thread that unlocks it
/// and locks it again is faster than one that has to wake up. So a thread that works in steps calls
/// let_waiters_in() between them.
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

    /// Blocks until as many threads have got the lock as are waiting for it now. Call it without
    /// the lock, between two steps that take it. Costs two loads when no thread waits. First it
    /// yields, since a waiter mostly needs a moment to wake up; then it sleeps, since the lock may
    /// be held for long.
    void let_waiters_in() const
    {
        constexpr int most_yields = 200;  // some 0.5 us each while nothing else runs
        const std::uint32_t target = waiters_.load(std::memory_order_relaxed);
        for (int i = 0; i < most_yields && left_before(target) > 0; ++i) ::sched_yield();
        while (const std::uint32_t left = left_before(target)) {
            served_.wait(target - left, std::memory_order_relaxed);
        }
    }

    /// How many threads have had to wait for the lock, including those still waiting.
    [[nodiscard]] std::uint32_t waits() const
    {
        return waiters_.load(std::memory_order_relaxed);
    }

    /// Tells the checker, and the reader, that the caller's caller holds this lock.
    void assert_held() const KV_ASSERT_HELD() {}

private:
    /// Counts waiters only: they get the lock in any order.
    [[gnu::noinline]] void wait_and_lock() KV_UNCHECKED
    {
        waiters_.fetch_add(1, std::memory_order_relaxed);
        mutex_.lock();
        // Before notify_all looks for sleepers.
        served_.store(served_.load(std::memory_order_relaxed) + 1);
        served_.notify_all();
    }

    /// How many more waiters must get the lock until `number` have.
    [[nodiscard]] std::uint32_t left_before(std::uint32_t number) const
    {
        const std::uint32_t left = number - served_.load(std::memory_order_relaxed);
        return left > UINT32_MAX / 2 ? 0 : left;  // passed already; the numbers wrap around
    }

    std::mutex mutex_;
    const unsigned rank_bit_;
    std::atomic<std::uint32_t> waiters_{0};  ///< threads that had to wait
    std::atomic<std::uint32_t> served_{0};   ///< waiters that have got the lock; written under it
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

// Observes how long a thread waits for the store's lock, and holds it.

class LockWatch {
public:
    virtual ~LockWatch() = default;

    /// This thread has waited this long for the lock. Called with the lock held: return quickly.
    virtual void waited(std::chrono::nanoseconds time) = 0;

    /// This thread is about to release the lock, and held it for this much of its CPU time. Called
    /// only in builds with KV_CHECK_LOCK_ORDER.
    virtual void held(std::chrono::nanoseconds /*own_time*/) {}
};

#ifdef KV_CHECK_LOCK_ORDER
/// This thread's CPU time: preemption is not part of a hold.
[[nodiscard]] inline std::chrono::nanoseconds own_time()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// When this thread's hold began; a thread has at most one.
inline thread_local std::chrono::nanoseconds hold_began{};
#endif

/// Call it just before the lock is released.
inline void tell_of_hold([[maybe_unused]] LockWatch* watch)
{
#ifdef KV_CHECK_LOCK_ORDER
    if (watch != nullptr) watch->held(own_time() - hold_began);
#endif
}

/// Takes the lock. Without a watch (null) the clock is not read.
[[nodiscard]] inline std::unique_lock<Mutex> take_lock(Mutex& mutex, LockWatch* watch)
{
    if (watch == nullptr) return std::unique_lock(mutex);
    const auto began = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex);
    watch->waited(std::chrono::steady_clock::now() - began);
#ifdef KV_CHECK_LOCK_ORDER
    hold_began = own_time();
#endif
    return lock;
}

}  // namespace kv
