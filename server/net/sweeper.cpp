#include "server/net/sweeper.h"

#include <algorithm>

namespace kv {

namespace {

using std::chrono::milliseconds;

// Between two steps of a walk everybody else has the lock; a walk over a million items takes some
// five seconds this way, and one hundredth of a core.
constexpr milliseconds between_steps{1};

// Each takes the lock anew: who waits for it comes between.
constexpr int steps_at_once = 6;

// Often enough to see an expiry that was set after we had gone to sleep.
constexpr milliseconds longest_sleep{1000};

milliseconds until(UnixMillis when, UnixMillis now)
{
    if (when <= now) return between_steps;
    return std::min(when - now, longest_sleep);
}

}  // namespace

void Sweeper::run(Store& store, Registry& registry, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        registry.join_ended();
        bool more = true;
        for (int step = 0; more && step < steps_at_once; ++step) more = store.sweep();
        const milliseconds pause =
            more ? between_steps : until(store.next_expiry(), store.clock().now());
        registry.wait_for_end(stop, pause);
    }
}

}  // namespace kv
