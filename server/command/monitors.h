// monitors.h: the clients that watch what others ask (Redis' MONITOR).
#pragma once

#include "common/mailbox.h"
#include "common/mutex.h"

#include <atomic>
#include <string>
#include <vector>

namespace kv {

/// Any thread may call it.
class Monitors {
public:
    /// Costs a branch: to be asked before a line is made for tell().
    [[nodiscard]] bool any() const { return count_.load(std::memory_order_relaxed) != 0; }

    /// From now on `watcher`, which is open, gets every line; until it is removed.
    void add(Mailbox& watcher)
    {
        const MutexLock lock(mutex_);
        watchers_.push_back(&watcher);
        count_ = watchers_.size();
    }

    void remove(Mailbox& watcher)
    {
        const MutexLock lock(mutex_);
        std::erase(watchers_, &watcher);
        count_ = watchers_.size();
    }

    /// Posts `line` to every watcher; one that does not read as fast misses some.
    void tell(const std::string& line)
    {
        const MutexLock lock(mutex_);
        for (Mailbox* watcher : watchers_) (void)watcher->post(line);
    }

private:
    std::atomic<std::size_t> count_{0};
    Mutex mutex_{LockRank::channels};
    std::vector<Mailbox*> watchers_ KV_GUARDED_BY(mutex_);
};

}  // namespace kv
