// sweeper.h: the background thread: drops expired items, joins ended sessions, trims the heap.
#pragma once

#include "server/net/registry.h"
#include "server/store/store.h"

#include <thread>

namespace kv {

/// Runs from construction to destruction, which waits for the step in progress.
class Sweeper {
public:
    /// Both outlive the sweeper. `watches_heap`: the process only serves the store, so its memory
    /// is kept close to the store's limit.
    Sweeper(Store& store, Registry& registry, bool watches_heap)
        : thread_([&store, &registry, watches_heap](const std::stop_token& stop) {
              run(store, registry, watches_heap, stop);
          })
    {
    }

    /// Ends the thread, after the step in progress. Idempotent.
    void stop()
    {
        thread_.request_stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    static void run(Store& store, Registry& registry, bool watches_heap,
                    const std::stop_token& stop);

    std::jthread thread_;
};

}  // namespace kv
