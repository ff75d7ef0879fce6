// reclaim.cpp: how the store gives items up: those whose time is over, all of them at a flush, and,
// if it may, those seldom read.
//
// A second reading: the store works without it, until memory runs out.

#include "server/store/store.h"

#include <algorithm>
#include <utility>

namespace kv {

namespace {

// A step of the sweeper looks at this many buckets, about one row each. How long the lock is held,
// in a table of 2 million items, in microseconds (test/micro/lock_holds measures it):
//
//                              p50   p99.9   p99.999
//   sweep, all expired           8      36       100
//   eviction of four items      14      49       115
//   flush                       30
//   put, replacing             1.5     4.4        60    nothing long: what the machine itself adds
constexpr int buckets_swept_per_step = 32;

}  // namespace

/// Nothing is refused or evicted while expired items take its room. The lock is let go between
/// steps. A walk that ends may have begun in the middle, before the first items expired: then there
/// is one more.
void Store::make_room(std::size_t bytes)
{
    if (budget_.limit() != 0 && bytes > budget_.limit()) return;  // there never will be
    while (!budget_.has_room(bytes) && next_expiry() <= clock_.now()) (void)sweep();
    while (!budget_.has_room(bytes) && when_full_ == WhenFull::evict && evict()) {
    }
}

/// Gives up a few items, under one short lock. false: there is none left.
bool Store::evict()
{
    constexpr int items_per_step = 4;
    Transaction transaction(*this);
    mutex_.assert_held();
    for (int i = 0; i < items_per_step; ++i) {
        const Table::Row* row = eviction_.choose(*table_);
        if (row == nullptr) return false;
        ++counters_.evictions;
        if (!row->second.fetched) ++counters_.evicted_unfetched;
        transaction.take_out({row->first->key(), row->first->hash()});
    }
    return true;
}

bool Store::sweep()
{
    Transaction transaction(*this);
    mutex_.assert_held();
    const UnixMillis now = transaction.now();
    if (next_expiry_ > now) return false;
    UnixMillis earliest = never;
    bool more = true;
    for (int i = 0; more && i < buckets_swept_per_step; ++i) {
        boost::container::small_vector<const Table::Row*, 8> expired;
        more = table_->visit_bucket(sweep_cursor_, [&](const Table::Row& row) {
            const ItemPtr& item = row.first.item;
            if (item->expires > now) {
                earliest = std::min(earliest, item->expires);
            } else {
                expired.push_back(&row);
            }
        });
        for (const Table::Row* row : expired) transaction.reclaim(*row);
    }
    seen_expiry_ = std::min(seen_expiry_, earliest);
    if (!more) next_expiry_ = std::exchange(seen_expiry_, never);
    return more;
}

UnixMillis Store::next_expiry()
{
    const MutexLock lock(mutex_);
    return std::min(next_expiry_, flush_at_);
}

void Store::note_expiry(UnixMillis when)
{
    next_expiry_ = std::min(next_expiry_, when);
    seen_expiry_ = std::min(seen_expiry_, when);
}

/// Takes out an item whose time is over.
void Transaction::reclaim(const Table::Row& row)
{
    store_.mutex_.assert_held();
    ++store_.counters_.reclaimed;
    if (!row.second.fetched) ++store_.counters_.expired_unfetched;
    take_out({row.first->key(), row.first->hash()});
}

void Transaction::flush(UnixMillis when)
{
    store_.mutex_.assert_held();
    ++store_.counters_.flush;
    store_.flush_at_ = when;
    if (when <= now_) flush_now();
}

/// The old table goes out whole: a million items are freed after the lock, not under it.
void Transaction::flush_now()
{
    store_.mutex_.assert_held();
    flushed_.push_back(std::make_unique<Table>());
    std::swap(flushed_.back(), store_.table_);
    store_.budget_.give_back(std::exchange(store_.table_bytes_, 0));
    store_.flush_at_ = never;
    store_.sweep_cursor_ = {};
    store_.next_expiry_ = never;
    store_.seen_expiry_ = never;
}

}  // namespace kv
