// Lesson 06. What goes wrong when two threads change one variable, and how does a mutex help?
//
// "counter = counter + 1" is three steps: load, add, store. A thread that is interrupted, or simply
// runs on another core, between load and store overwrites what others stored meanwhile. A mutex
// makes the three steps one as far as anybody else can see. In a server the threads are those of
// lesson 05, and the variable is whatever their clients share.
//
// Run:         scripts/lesson.sh run 6, or by hand:
//     build/release/lessons/06_shared_counter_server
// Expect:
//     [server] 2 threads, 100000 additions each
//     [server] load, add, store: the counter is at <n>, so <n> additions were lost
//     [server] the same under a mutex: 200000
// Trace:       clone,clone3,futex
// Leaves out:  each step of the counter is atomic here. With a plain long the program would have no
//              defined meaning at all (a data race), and the compiler could hide the effect. For a
//              lone counter, ++ on the atomic is enough; a map needs the mutex.
// In kvserver: server/store/store.h: one mutex, locked once by each verb. "get, then set" from
//              outside would be this race again, so incr and cas are verbs of their own.

#include <atomic>
#include <functional>
#include <iostream>
#include <latch>
#include <mutex>
#include <thread>

constexpr long additions = 100'000;

/// Runs the same work in two threads and returns when both are done.
void in_two_threads(const std::function<void()>& work)
{
    std::latch start(2);  // neither begins before both have started
    const auto together = [&start, &work] {
        start.arrive_and_wait();
        work();
    };
    const std::jthread one(together);
    const std::jthread other(together);
}

long count_in_three_steps()
{
    std::atomic<long> counter = 0;
    in_two_threads([&counter] {
        for (long i = 0; i < additions; ++i) {
            const long seen = counter.load();
            if (i % 1000 == 0) std::this_thread::yield();  // an interruption, as may come any time
            counter.store(seen + 1);  // whatever the other thread stored since then is lost
        }
    });
    return counter;
}

long count_under_a_mutex()
{
    long counter = 0;  // a plain long again: only the holder of the mutex touches it
    std::mutex mutex;
    in_two_threads([&counter, &mutex] {
        for (long i = 0; i < additions; ++i) {
            const std::lock_guard lock(mutex);  // unlocked at the end of this block, come what may
            counter = counter + 1;
        }
    });
    return counter;
}

int main()
try {
    std::cout << "2 threads, " << additions << " additions each" << std::endl;

    // A race depends on luck, which makes it hard to find. So try until it shows.
    long count = 2 * additions;
    for (int attempt = 0; attempt < 100 && count == 2 * additions; ++attempt) {
        count = count_in_three_steps();
    }
    std::cout << "load, add, store: the counter is at " << count << ", so " << 2 * additions - count
              << " additions were lost" << std::endl;
    std::cout << "the same under a mutex: " << count_under_a_mutex() << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "06_shared_counter_server: " << error.what() << '\n';
    return 1;
}
