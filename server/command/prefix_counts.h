// prefix_counts.h: what memcache:// is asked for, counted by what stands in front of a key's first
// colon (memcached's `stats detail`).
#pragma once

#include "common/mutex.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kv {

/// Any thread may call it.
class PrefixCounts {
public:
    struct Counts {
        std::uint64_t gets = 0, hits = 0, sets = 0, deletes = 0;
    };

    /// Costs a branch: to be asked before a request is counted.
    [[nodiscard]] bool enabled() const { return enabled_.load(std::memory_order_relaxed); }

    void enable(bool on) { enabled_.store(on, std::memory_order_relaxed); }

    /// Lets `count` change the counts of the key's prefix; a key without one is not counted, and
    /// nor is one with a new prefix when there are too many.
    void add(std::string_view key, const std::function<void(Counts&)>& count)
    {
        const std::size_t colon = key.find(':');
        if (colon == std::string_view::npos) return;
        const MutexLock lock(mutex_);
        const auto found = counts_.find(key.substr(0, colon));
        if (found != counts_.end()) return count(found->second);
        if (counts_.size() < most_prefixes) count(counts_[std::string(key.substr(0, colon))]);
    }

    /// Calls visit for each prefix, under the lock.
    void visit(const std::function<void(const std::string&, const Counts&)>& visit) const
    {
        const MutexLock lock(mutex_);
        for (const auto& [prefix, counts] : counts_) visit(prefix, counts);
    }

    void reset()
    {
        const MutexLock lock(mutex_);
        counts_.clear();
    }

    static constexpr std::size_t most_prefixes = 10'000;

private:
    std::atomic<bool> enabled_{false};
    mutable Mutex mutex_{LockRank::channels};
    std::map<std::string, Counts, std::less<>> counts_ KV_GUARDED_BY(mutex_);
};

}  // namespace kv
