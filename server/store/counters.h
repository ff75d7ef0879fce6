// counters.h: what `stats` reports of the store. Counted under the store's lock, so plain numbers.
#pragma once

#include <cstdint>

namespace kv {

/// Hits and misses of one kind of request.
struct HitCount {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
};

struct StoreCounters {
    HitCount get, touch, del, incr, decr, cas;
    std::uint64_t set = 0;  ///< storage requests that arrived whole, whatever became of them
    std::uint64_t too_large = 0, no_memory = 0;  ///< values of memcache:// that were not stored
    std::uint64_t meta = 0;                      ///< meta commands
    std::uint64_t get_expired = 0;  ///< misses of memcache:// whose item's time was just over
    std::uint64_t cas_badval = 0;
    std::uint64_t flush = 0;
    std::uint64_t total_items = 0;
    std::uint64_t expired_unfetched = 0;
    std::uint64_t evicted_unfetched = 0;
    std::uint64_t evictions =
        0;  ///< items given up, though their time was not over, for want of room
    std::uint64_t reclaimed = 0;  ///< items given up because their time was over
};

}  // namespace kv
