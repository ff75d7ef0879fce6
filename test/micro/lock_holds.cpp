// lock_holds: how long the store's lock is held, at the longest, by what is done to many items.
//
//   build/release/test/lock_holds [ITEMS]        2,000,000 items of 16 + 100 bytes unless told
//
// A hold begins when the store says that it has the lock and ends at the mutex' unlock, which this
// program stands before. Counted is the thread's own time: another program's turn is not a hold.
#include "server/store/store.h"
#include "test/support/manual_clock.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using Nanoseconds = std::chrono::nanoseconds;

Nanoseconds own_time()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

/// Collects the holds of one phase. One thread.
class Holds final : public kv::LockWatch {
public:
    void waited(Nanoseconds /*time*/) override
    {
        is_held_ = listens_;
        began_ = own_time();
    }

    void listen(bool listens) { listens_ = listens; }

    void unlocked()
    {
        if (!is_held_) return;
        is_held_ = false;
        times_.push_back(own_time() - began_);
    }

    void report(const char* phase)
    {
        std::sort(times_.begin(), times_.end());
        const auto part = [&](std::size_t per_million) {
            return in_microseconds(times_[(times_.size() - 1) * per_million / 1'000'000]);
        };
        fmt::print("{:<28} {:>9} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f}\n", phase, times_.size(),
                   part(500'000), part(999'000), part(999'990), part(1'000'000));
        times_.clear();
    }

private:
    static double in_microseconds(Nanoseconds time)
    {
        return std::chrono::duration<double, std::micro>(time).count();
    }

    bool listens_ = true;
    bool is_held_ = false;
    Nanoseconds began_{};
    std::vector<Nanoseconds> times_;
};

Holds holds;

/// Stores items [first, end) under keys of 16 bytes.
void fill(kv::Store& store, std::size_t first, std::size_t end, kv::UnixMillis expires)
{
    for (std::size_t i = first; i < end; ++i) {
        auto draft = store.draft(store.hashed(fmt::format("key:{:012}", i)), 100);
        std::fill(draft->room().begin(), draft->room().end(), 'v');
        kv::Transaction(store).put(std::move(*draft), expires);
    }
}

void grow_and_flush(const kv::Clock& clock, std::size_t items)
{
    kv::Store store(clock, 0, kv::WhenFull::refuse, &holds);
    fill(store, 0, items, kv::never);
    holds.report("put, the table growing");
    fill(store, 0, items, kv::never);
    holds.report("put, replacing");
    kv::Transaction(store).flush(clock.now());
    holds.report("flush");
}

void sweep(std::size_t items)
{
    kv::test::ManualClock clock;
    kv::Store store(clock, 0, kv::WhenFull::refuse, &holds);
    fill(store, 0, items, clock.now() + std::chrono::seconds(1));
    holds.report("put, with an expiry");
    clock.advance(std::chrono::seconds(2));
    while (store.sweep()) {
    }
    holds.report("sweep, all expired");
}

void evict(const kv::Clock& clock, std::size_t items)
{
    kv::Store store(clock, items / 2 * kv::Item::footprint(16, 100), kv::WhenFull::evict, &holds);
    for (std::size_t i = 0; i < items; ++i) {
        holds.listen(false);
        fill(store, i, i + 1, kv::never);
        holds.listen(true);
        store.make_room(kv::Item::footprint(16, 100));
    }
    holds.report("evict");
}

}  // namespace

// Stands before the C library's, for all of the program.
extern "C" int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept
{
    using Unlock = int (*)(pthread_mutex_t*);
    static const auto real = reinterpret_cast<Unlock>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
    holds.unlocked();
    return real(mutex);
}

int main(int count, char** words)
{
    try {
        const std::size_t items = count > 1 ? std::stoul(words[1]) : 2'000'000;
        fmt::print("{} items; microseconds under the lock\n{:<28} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
                   items, "", "holds", "p50", "p99.9", "p99.999", "longest");
        const kv::SystemClock clock;
        grow_and_flush(clock, items);
        sweep(items);
        evict(clock, items);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "lock_holds: " << error.what() << '\n';
        return 1;
    }
}
