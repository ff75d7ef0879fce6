// monitors.h: the clients that watch what others ask (Redis' MONITOR, memcached's watch).
#pragma once

#include "common/mailbox.h"
#include "common/mutex.h"
#include "server/store/store.h"

#include <atomic>
#include <string>
#include <string_view>
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

/// The clients that watch streams of what memcached would log. Any thread may call it.
class LogWatchers final : public ChangeListener {
public:
    enum Stream : unsigned {
        fetchers = 1,
        mutations = 2,
        evictions = 4,
        connevents = 8,
        deletions = 16
    };

    /// Whether somebody watches one of `streams`. Costs a branch: to be asked before a text is made
    /// for tell().
    [[nodiscard]] bool any(unsigned streams) const
    {
        return (streams_.load(std::memory_order_relaxed) & streams) != 0;
    }

    /// From now on `watcher`, which is open, gets the lines of these streams; until it is removed.
    void add(Transaction& store, Mailbox& watcher, unsigned streams);
    void remove(Transaction& store, Mailbox& watcher);

    /// Posts a line of this text, behind the time and a number, to those who watch `stream`; one
    /// that does not read as fast misses some.
    void tell(Stream stream, std::string_view text);

    /// Tells of evictions.
    void changed(std::span<const Change> changes) noexcept override;

private:
    struct Watcher {
        Mailbox* mailbox;
        unsigned streams;
    };

    void listen(Transaction& store) KV_REQUIRES(mutex_);

    std::atomic<unsigned> streams_{0};  ///< that anybody watches
    Mutex mutex_{LockRank::channels};
    std::vector<Watcher> watchers_ KV_GUARDED_BY(mutex_);
    std::uint64_t last_number_ KV_GUARDED_BY(mutex_) = 0;
};

}  // namespace kv
