// mutex.h: std::mutex with the marks that let clang check who holds it.
//
// libstdc++'s own mutex carries no marks, so `clang++ -Wthread-safety` knows nothing of it. With
// this wrapper a field marked KV_GUARDED_BY(mutex_) that is touched without the lock does not
// compile there; g++ sees an ordinary mutex. (Clang's manual: "Thread Safety Analysis".)
#pragma once

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

/// Who finds it locked looks again for a moment before he sleeps, where the C library can do that:
/// what our locks guard takes less time than a sleep.
class KV_CAPABILITY Mutex {
public:
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    Mutex()
    {
        const pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
        *mutex_.native_handle() = adaptive;
    }
#endif
    void lock() KV_ACQUIRE()
    {
        mutex_.lock();
    }
    void unlock() KV_RELEASE()
    {
        mutex_.unlock();
    }

    /// Says to the checker, and to the reader, that the caller's caller holds this lock.
    void assert_held() const KV_ASSERT_HELD() {}

private:
    std::mutex mutex_;
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

}  // namespace kv
