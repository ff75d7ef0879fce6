#include "server/net/sweeper.h"

#include <algorithm>
#include <new>

namespace kv {

namespace {

using std::chrono::milliseconds;

// A walk over a million items takes some five seconds this way, and one hundredth of a core.
constexpr milliseconds between_steps{1};
constexpr int steps_at_once = 24;

// A limit that was lowered is to hold soon: a million items go in about a second.
constexpr int steps_in_a_hurry = 240;

// To note what is dropped takes a little.
constexpr milliseconds without_memory{50};

// Often enough to see an expiry or a limit that was set after we had gone to sleep, and that writes
// are refused until we have seen it.
constexpr milliseconds longest_sleep{100};

milliseconds until(UnixMillis when, UnixMillis now)
{
    if (when <= now) return between_steps;
    return std::min(when - now, longest_sleep);
}

/// A few steps. Returns how long to wait for the next ones.
milliseconds sweep(Store& store)
{
    try {
        bool more = true;
        const int steps = store.budget().excess() > 0 ? steps_in_a_hurry : steps_at_once;
        for (int step = 0; more && step < steps; ++step) {
            more = store.sweep();
            store.let_others_in();
        }
        return more ? between_steps : until(store.next_expiry(), store.clock().now());
    } catch (const std::bad_alloc&) {
        return without_memory;
    }
}

}  // namespace

void Sweeper::run(Store& store, Registry& registry, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        registry.join_ended();
        registry.wait_for_end(stop, sweep(store));
    }
}

}  // namespace kv
