// reclaim.cpp: how the store drops items: those that have expired, all of them at a flush, and, if
// it may evict, those seldom read; and how it makes room by that.
//
// A second reading: the store works without it, until memory runs out.

#include "server/store/store.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <climits>
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
bool Store::make_room(std::size_t bytes)
{
    if (budget_.limit() != 0 && bytes > budget_.limit()) return false;  // there never will be
    while (!budget_.has_room(bytes) && next_expiry() <= clock_.now()) (void)sweep();
    while (!budget_.has_room(bytes) && when_full_ == WhenFull::evict && evict()) {
    }
    return budget_.has_room(bytes);
}

/// Evicts a few items, under one short lock. false: there is none left.
bool Store::evict()
{
    constexpr int items_per_step = 4;
    Transaction transaction(*this);
    for (int i = 0; i < items_per_step; ++i) {
        if (!transaction.evict_one({})) return false;
    }
    return true;
}

bool Store::sweep()
{
    return Transaction(*this).sweep_step();
}

bool Transaction::sweep_step()
{
    store_.mutex_.assert_held();
    if (store_.next_expiry_ > now_) return false;
    UnixMillis earliest = never;
    bool more = true;
    for (int i = 0; more && i < buckets_swept_per_step; ++i) {
        boost::container::small_vector<Row, 8> expired;
        more = store_.table_->visit_bucket(store_.sweep_cursor_, [&](const Row& row) {
            if (row->expires > now_) {
                earliest = std::min(earliest, row->expires);
            } else {
                expired.push_back(row);
            }
        });
        for (const Row& row : expired) drop_expired(row);
    }
    store_.seen_expiry_ = std::min(store_.seen_expiry_, earliest);
    if (!more) store_.next_expiry_ = std::exchange(store_.seen_expiry_, never);
    return more;
}

/// Evicts one item, but not that of `kept`. false: there is no other.
bool Transaction::evict_one(const HashedKey& kept)
{
    store_.mutex_.assert_held();
    const Row row = store_.eviction_.choose(*store_.table_, kept);
    if (!row) return false;
    ++store_.counters_.evictions;
    if (!row.usage().fetched) ++store_.counters_.evicted_unfetched;
    take_out({row->key(), row->hash()});
    return true;
}

/// Makes room under the lock; whether there is some now. `kept` keeps its row.
bool Transaction::make_room(std::size_t bytes, int most_evictions, const HashedKey& kept)
{
    constexpr int sweep_steps = 2;
    const MemoryBudget& budget = store_.budget_;
    if (budget.limit() != 0 && bytes > budget.limit()) return false;  // there never will be
    for (int i = 0; i < sweep_steps && !budget.has_room(bytes) && sweep_step(); ++i) {
    }
    if (store_.when_full_ == WhenFull::refuse) return budget.has_room(bytes);
    for (int i = 0; i < most_evictions && !budget.has_room(bytes); ++i) {
        if (!evict_one(kept)) break;
    }
    return budget.has_room(bytes);
}

std::optional<Draft> Transaction::draft(const HashedKey& key, std::size_t value_bytes)
{
    auto paid = charge(Item::footprint(key.bytes.size(), value_bytes), key);
    if (!paid) return std::nullopt;
    return Draft{Item::make(key.bytes, key.hash, value_bytes), std::move(*paid)};
}

std::optional<Charge> Transaction::charge(std::size_t bytes, const HashedKey& key)
{
    constexpr int most_evictions = 16;  // some 50 us
    if (admitted_) {
        if (auto part = admitted_->split(bytes)) return part;
    }
    MemoryBudget& budget = store_.budget_;
    bool taken = budget.take(bytes);
    while (!taken && make_room(bytes, most_evictions, key)) taken = budget.take(bytes);
    if (!taken && !admitted_) return std::nullopt;
    if (!taken) budget.take_beyond(bytes);
    return Charge(budget, bytes);
}

bool Transaction::admit(std::size_t bytes)
{
    MemoryBudget& budget = store_.budget_;
    bool taken = budget.take(bytes);
    while (!taken && make_room(bytes, INT_MAX, {})) taken = budget.take(bytes);
    if (taken) admitted_.emplace(budget, bytes);
    return taken;
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
void Transaction::drop_expired(const Row& row)
{
    store_.mutex_.assert_held();
    ++store_.counters_.reclaimed;
    if (!row.usage().fetched) ++store_.counters_.expired_unfetched;
    take_out({row->key(), row->hash()});
}

std::shared_ptr<Table> Transaction::flush(UnixMillis when)
{
    store_.mutex_.assert_held();
    ++store_.counters_.flush;
    store_.flush_at_ = when;
    return when <= now_ ? flush_now() : nullptr;
}

/// The old table goes out whole: a million items are freed after the lock, not under it.
std::shared_ptr<Table> Transaction::flush_now()
{
    store_.mutex_.assert_held();
    trash_.reserve_one();
    reserve_note();
    auto dropped = std::exchange(store_.table_, std::make_shared<Table>());
    store_.budget_.give_back(std::exchange(store_.table_bytes_, 0));
    store_.flush_at_ = never;
    store_.sweep_cursor_ = {};
    store_.next_expiry_ = never;
    store_.seen_expiry_ = never;
    note(Change::Kind::flushed, nullptr, dropped.get());
    trash_.add(dropped);
    return dropped;
}

}  // namespace kv
