// eviction.h: which item to drop when the memory is full and --when-full says evict.
//
// Of 16 rows looked at by chance, one whose time is over goes, or else the one that was read least
// often; reads long ago count less, for every count is halved each time the store has given up
// eight times as many items as it holds. A read costs one addition, and no item needs a place in a
// list. In simulation (200,000 keys, a cache for 1 % and for 10 % of them; hit ratio in percent):
//
//                            LRU           SIEVE         this
//   Zipf 0.8                 21.4  47.6    31.8  55.2    30.5  56.5
//   Zipf 0.99                51.6  73.9    60.6  78.6    60.0  78.8
//   Zipf 1.2                 82.4  92.9    86.3  94.2    86.1  94.1
//   Zipf 0.99 with scans     41.1  57.2    48.3  62.8    46.5  62.6
//   a loop twice the cache    0.0   0.0     0.0   0.0    37.1  37.2
//   Zipf 0.99, moving        51.5  73.2    57.8  65.4    57.5  67.8
//
// Neither LRU nor SIEVE ever hits on a loop larger than the cache; a choice by chance does.
#pragma once

#include "server/store/table.h"

#include <cstdint>

namespace kv {

/// Under the store's lock.
class Eviction {
public:
    Eviction();

    /// A row to give up, but not that of `kept`; none if there is no other. Costs some 3 us.
    [[nodiscard]] Row choose(Table& table, UnixMillis now, const HashedKey& kept = {});

    /// A number below `count`.
    [[nodiscard]] std::size_t chance(std::size_t count);

    /// Moves the `count` rows that were read least often to the front.
    /// REQUIRES: count <= rows.size().
    void choose_among(std::span<Row> rows, std::size_t count) const;

private:
    friend class Transaction;  // which notes each read in its epoch

    [[nodiscard]] Row next(Table& table, const HashedKey& kept);

    std::uint32_t chance_;      ///< the last random number drawn
    std::uint16_t epoch_ = 0;   ///< how often all counts have been halved
    std::size_t given_up_ = 0;  ///< items in this epoch
    Table::Cursor hand_;        ///< where next() goes on
};

}  // namespace kv
