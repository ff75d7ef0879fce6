// sweeper.h: the thread that tidies up: expired items, and sessions that have ended.
#pragma once

#include "server/net/registry.h"
#include "server/store/store.h"

#include <thread>

namespace kv {

/// Runs from construction to destruction, which waits for the step in progress.
class Sweeper {
public:
    /// Both outlive the sweeper.
    Sweeper(Store& store, Registry& registry)
        : thread_([&store, &registry](const std::stop_token& stop) { run(store, registry, stop); })
    {
    }

    /// Ends the thread, after the step in progress. Idempotent.
    void stop()
    {
        thread_.request_stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    static void run(Store& store, Registry& registry, const std::stop_token& stop);

    std::jthread thread_;
};

}  // namespace kv
