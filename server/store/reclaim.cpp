// reclaim.cpp: how the store drops items: those that have expired, all of them at a flush, and, if
// it may evict, those seldom read; and how it makes room by that.
//
// A second reading: the store works without it, until memory runs out.

#include "server/store/store.h"
#include "server/store/walk.h"

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace kv {

namespace {

// A step of the sweeper looks at this many rows, which takes no longer than a mutex spins before
// the thread sleeps: beside busy neighbours waking up takes milliseconds. How long the lock is
// held, in a table of 2 million items, in microseconds (test/micro/lock_holds measures it):
//
//                              p50   p99.9   p99.999
//   sweep, all expired         2.8      27        87
//   eviction for one item      5.3      44       102
//   flush                       30
//   put, replacing             1.4     4.8        73    nothing long: what the machine itself adds
constexpr std::size_t rows_per_step = 8;
constexpr int most_buckets_per_step = 64;  // where most of them are empty

// A write looks for expired items this often before it evicts or is refused; the sweeper finds the
// rest. So no write walks over the table, however few of its items have expired.
constexpr int sweeps_per_write = 16;

// So many are evicted in a transaction that has other work to do; each costs some 3 us.
constexpr int evictions_per_hold = 64;

}  // namespace

/// Room for `bytes`, in steps that let others in. What a step evicts stays with the one who needs
/// it, so nobody evicts much more than he needs, even while more is stored than the limit allows.
/// Not inlined: its room on the stack is nothing for a write that finds room.
[[gnu::noinline]] std::optional<Charge> Store::gather(std::size_t bytes)
{
    constexpr int evictions_per_step = 4;
    while (!budget_.has_room(bytes) && unstored_.unread.release()) {
    }
    Charge room(budget_, 0);
    for (std::size_t had = 0;; had = room.bytes()) {
        if (Transaction(*this).gather(room, bytes, evictions_per_step, {})) {
            return room.split(bytes);
        }
        if (room.bytes() == had) return std::nullopt;
        let_others_in();
    }
}

/// One step: adds to `room` until it is `bytes`; whether it is. `kept` keeps its row.
bool Transaction::gather(Charge& room, std::size_t bytes, int evictions, const HashedKey& kept)
{
    store_.mutex_.assert_held();
    MemoryBudget& budget = store_.budget_;
    if (budget.limit() != 0 && bytes > budget.usable()) return false;  // there never will be
    const bool evicts = store_.when_full_ == WhenFull::evict;
    for (int sweeps = sweeps_per_write; room.bytes() < bytes;) {
        const std::size_t missing = bytes - room.bytes();
        if (budget.take(missing)) {
            room.add(Charge(budget, missing));
        } else if (sweeps > 0 && space_->next_expiry <= now_ && (space_->sweep_pays || !evicts)) {
            --sweeps;
            sweep_step(false);  // which would not heed `kept`
        } else {
            if (!evicts || evictions-- == 0) return false;
            auto evicted = evict_one(kept);
            if (!evicted) return false;
            room.add(std::move(*evicted));
        }
    }
    return true;
}

/// Of a space chosen by chance, in proportion to its items, or of any if that one has only `kept`,
/// which is a key of the present space.
std::optional<Charge> Transaction::evict_one(const HashedKey& kept)
{
    store_.mutex_.assert_held();
    const Space* const own = space_;
    const auto evict_from = [&](Space& space) -> std::optional<Charge> {
        store_.mutex_.assert_held();
        const InSpace there(*this, space);
        const HashedKey stays = &space == own ? kept : HashedKey();
        const Row row = store_.eviction_.choose(*space.table, now_, stays);
        if (!row) return std::nullopt;
        return drop(row);
    };
    if (auto freed = evict_from(store_.spaces_.any(store_.eviction_))) return freed;
    for (Space* const space : store_.spaces_.all) {
        if (space->table->size() == 0) continue;
        if (auto freed = evict_from(*space)) return freed;
    }
    return std::nullopt;
}

void Store::withhold(std::size_t bytes)
{
    budget_.withhold(when_full_ == WhenFull::evict ? bytes : 0);
}

bool Store::sweep()
{
    return Transaction(*this).sweep_next();
}

/// A step in the next space that has something to drop.
bool Transaction::sweep_next()
{
    store_.mutex_.assert_held();
    for (std::size_t i = 0; i < store_.spaces_.all.size(); ++i) {
        use(*store_.spaces_.all[store_.spaces_.next_to_sweep++ % store_.spaces_.all.size()]);
        if (sweep_step(true)) return true;
    }
    return false;
}

bool Transaction::sweep_step(bool shrinks)
{
    store_.mutex_.assert_held();
    if (space_->next_expiry > now_ && !store_.must_shrink()) return false;
    boost::container::small_vector<Row, rows_per_step> expired;
    boost::container::small_vector<Row, rows_per_step> others;
    UnixMillis earliest = never;
    bool more = true;
    for (int i = 0; more && i < most_buckets_per_step; ++i) {
        more = space_->table->visit_bucket(space_->sweep_cursor, [&](const Row& row) {
            const bool is_over = row->expires <= now_;
            (is_over ? expired : others).push_back(row);
            if (!is_over) earliest = std::min(earliest, row->expires);
        });
        if (expired.size() + others.size() >= rows_per_step) break;
    }
    try {
        for (const Row& row : expired) drop(row);
    } catch (const std::bad_alloc&) {
        space_->seen_expiry = now_;  // one more walk will find the rest
        throw;
    }
    space_->sweep_pays = !expired.empty();
    if (shrinks) shrink({others.data(), others.size()});
    space_->seen_expiry = std::min(space_->seen_expiry, earliest);
    if (!more) space_->next_expiry = std::exchange(space_->seen_expiry, never);
    return more || store_.must_shrink();
}

bool Store::must_shrink() const
{
    return when_full_ == WhenFull::evict && budget_.excess() > 0 && spaces_.bytes() > 0;
}

/// Evicts as large a part of these rows as the limit is exceeded by, so that one walk over the
/// table brings what is stored down to it: of each step's rows those read least often.
void Transaction::shrink(std::span<Row> rows)
{
    store_.mutex_.assert_held();
    if (rows.empty() || !store_.must_shrink()) return;
    const std::size_t part = rows.size() * store_.budget_.excess() / store_.spaces_.bytes();
    const std::size_t count = std::min(part + 1, rows.size());
    store_.eviction_.choose_among(rows, count);
    for (const Row& row : rows.first(count)) {
        if (store_.budget_.excess() > 0) drop(row);
    }
}

std::optional<Draft> Transaction::draft(const HashedKey& key, std::size_t value_bytes)
{
    auto paid = reserve(Item::footprint(key.bytes.size(), value_bytes), key);
    NewItem item = paid ? Item::make(key.bytes, key.hash, value_bytes) : nullptr;
    if (!item) return std::nullopt;
    return Draft{std::move(item), std::move(*paid)};
}

std::optional<Charge> Transaction::reserve(std::size_t bytes, const HashedKey& kept)
{
    if (admitted_) {
        if (auto part = admitted_->split(bytes)) return part;
    }
    Charge room(store_.budget_, 0);
    if (gather(room, bytes, evictions_per_hold, kept)) return room.split(bytes);
    if (!admitted_) return std::nullopt;
    store_.budget_.take_beyond(bytes);
    return Charge(store_.budget_, bytes);
}

bool Transaction::admit(std::size_t bytes, std::optional<Charge> room)
{
    if (!room) room.emplace(store_.budget_, 0);
    if (!gather(*room, bytes, evictions_per_hold, {})) return false;
    admitted_ = std::move(room);
    return true;
}

UnixMillis Store::next_expiry()
{
    const MutexLock lock(mutex_);
    UnixMillis earliest = never;
    for (const Space* space : spaces_.all) {
        earliest = std::min({earliest, space->next_expiry, space->flush_at});
    }
    return earliest;
}

/// Takes out an item whose time is over, or that has to go all the same.
Charge Transaction::drop(const Row& row)
{
    store_.mutex_.assert_held();
    const bool is_over = row->expires <= now_;
    StoreCounters& counters = store_.counters_;
    ++(is_over ? counters.reclaimed : counters.evictions);
    if (!row.usage().fetched) {
        ++(is_over ? counters.expired_unfetched : counters.evicted_unfetched);
    }
    return take_out({row->key(), row->hash()},
                    is_over ? Change::Kind::dropped : Change::Kind::evicted);
}

std::shared_ptr<Table> Transaction::flush(UnixMillis when)
{
    store_.mutex_.assert_held();
    std::shared_ptr<Table> dropped = when <= now_ ? flush_now() : nullptr;
    if (!dropped) space_->flush_at = when;
    ++store_.counters_.flush;
    return dropped;
}

/// Takes note of an item that has left the table. Returns what it was charged, for the caller to
/// keep or let go; nothing while a reply refers to the item.
Charge Transaction::dispose(ItemPtr item, std::uint32_t own_references)
{
    store_.mutex_.assert_held();
    const std::size_t bytes = item->footprint();
    space_->bytes -= bytes;
    if (item->references() > own_references) {
        trash_.add(Trash::Charged{std::move(item)});
        return {};
    }
    trash_.add(std::move(item));
    return {store_.budget_, bytes};
}

/// What is replaced makes room for the next draft, and in a transaction that was admitted only for
/// its own.
void Transaction::give_back(Charge freed)
{
    if (admitted_) admitted_->add(std::move(freed));
}

/// A table that gives its items up one by one at its end: those that replies refer to are charged
/// again.
std::shared_ptr<Table> Store::new_table()
{
    return {new Table(), [this](Table* table) {
                table->drain([&](const Row& row) {
                    if (row->references() == 1) return;
                    budget_.take_beyond(row->footprint());
                    unstored_.unread.add(row.item());
                });
                delete table;
            }};
}

void Table::drain(const std::function<void(const Row&)>& visit)
{
    for (Shard& shard : shards_) {
        for (auto& node : shard) visit(Row(node));
        shard.clear();
    }
    size_ = 0;
}

void UnreadItems::add(ItemPtr item) noexcept
{
    constexpr std::size_t most_added_bytes = std::size_t{1} << 20;
    const std::size_t bytes = item->footprint();
    if (item->references() == 1) return budget_.give_back(bytes);
    bool looks = false;
    try {
        const MutexLock lock(mutex_);
        items_.push_back(std::move(item));
        count_ = items_.size();
        added_bytes_ += bytes;
        looks = added_bytes_ > most_added_bytes;
    } catch (const std::bad_alloc&) {
        budget_.give_back(bytes);
    }
    if (looks) (void)release();
}

bool UnreadItems::release()
{
    constexpr std::size_t items_per_step = 1000;
    if (count_ == 0) return false;
    boost::container::static_vector<ItemPtr, items_per_step> unread;  // freed without the lock
    const MutexLock lock(mutex_);
    added_bytes_ = 0;
    for (std::size_t i = std::min(items_per_step, items_.size()); i > 0; --i) {
        if (next_ >= items_.size()) next_ = 0;
        ItemPtr& item = items_[next_];
        if (item->references() > 1) {
            ++next_;
            continue;
        }
        budget_.give_back(item->footprint());
        unread.push_back(std::move(item));
        item = std::move(items_.back());
        items_.pop_back();
    }
    if (items_.empty()) std::vector<ItemPtr>().swap(items_);
    count_ = items_.size();
    return !unread.empty();
}

/// Of a flush that is due. Without memory for it the next transaction tries again.
[[gnu::noinline]] void Transaction::flush_due()
{
    try {
        flush_now();
    } catch (const std::bad_alloc&) {
    }
}

std::size_t Store::unheeded_bytes() const
{
    return unstored_.held.used() + waiting_.used();
}

/// The old table goes out whole: a million items are freed after the lock, not under it.
std::shared_ptr<Table> Transaction::flush_now()
{
    store_.mutex_.assert_held();
    trash_.reserve(1);
    reserve_notes(1);
    auto dropped = std::exchange(space_->table, store_.new_table());
    store_.budget_.give_back(std::exchange(space_->bytes, 0));
    space_->expiring = 0;
    space_->flush_at = never;
    space_->sweep_cursor = {};
    space_->next_expiry = never;
    space_->seen_expiry = never;
    note(Change::Kind::flushed, nullptr);
    trash_.add(std::shared_ptr<void>(dropped));
    return dropped;
}

}  // namespace kv
