#include "server/store/store.h"

#include <utility>

namespace kv {

Store::Store(const Clock& clock, std::size_t memory_limit, WhenFull when_full, LockWatch* watch,
             std::uint32_t databases)
    : clock_(clock),
      when_full_(when_full),
      budget_(memory_limit),
      lock_watch_(watch),
      spaces_(databases),
      first_(space("0"))
{
}

std::optional<Draft> Store::draft(const HashedKey& key, std::size_t value_bytes)
{
    auto charge = reserve(Item::footprint(key.bytes.size(), value_bytes));
    NewItem item = charge ? Item::make(key.bytes, key.hash, value_bytes) : nullptr;
    if (!item) return std::nullopt;
    return Draft{std::move(item), std::move(*charge)};
}

std::optional<Charge> Store::reserve(std::size_t bytes)
{
    if (budget_.take(bytes)) return Charge(budget_, bytes);
    return gather(bytes);
}

Transaction::Transaction(Store& store, Space* in)
    : store_(store),
      space_(in != nullptr ? in : store.first_.get()),
      now_(store.clock().now()),
      lock_(take_lock(store.mutex_, store.lock_watch_))
{
    if (space_->flush_at <= now_) flush_due();
}

/// Hands the changes out, lets the next one in, and frees what was dropped.
void Transaction::commit() noexcept
{
    if (!changes_.empty()) {
        if (!store_.waiting_clients_.empty()) Serving(*this).serve_changed();
        for (ChangeListener* listener : store_.listeners_) listener->changed(changes_);
        changes_.clear();
    }
    tell_of_hold(store_.lock_watch_);
    lock_.unlock();
    for (const auto& mailbox : woken_) mailbox->wake();
    trash_.clear(store_.unstored_.unread);
}

Row Transaction::find(const HashedKey& key)
{
    store_.mutex_.assert_held();
    const Row row = space_->table->find(key);
    if (!row || row->expires > now_) return row;
    drop(row);
    return {};
}

Row Transaction::read(const HashedKey& key)
{
    const Row row = find(key);
    store_.mutex_.assert_held();
    if (row) row.usage_to_change().note_read(seconds(), store_.eviction_.epoch_);
    return row;
}

StoreCounters& Transaction::counters()
{
    store_.mutex_.assert_held();
    return store_.counters_;
}

std::uint64_t Transaction::put(Draft draft, UnixMillis expires, PutOptions options)
{
    store_.mutex_.assert_held();
    Item& item = *draft.item;
    item.expires = expires;
    item.cas = options.cas.value_or(store_.last_version_ + 1);
    const std::uint64_t cas = item.cas;
    const std::size_t bytes = item.footprint();
    // Memory for what is noted and dropped, before anything has changed.
    trash_.reserve(1);
    reserve_notes(1);
    options.usage.last_access = seconds();
    ItemPtr noted = is_heard() ? draft.item : nullptr;
    ItemPtr replaced = space_->table->put(std::move(draft.item), options.usage);

    draft.charge.keep();
    space_->bytes += bytes;
    if (replaced) {
        if (replaced->expires != never) --space_->expiring;
        give_back(dispose(std::move(replaced)));
    }
    if (expires != never) space_->note_expiry(expires);
    ++store_.counters_.total_items;
    note(Change::Kind::stored, std::move(noted));
    return cas;
}

}  // namespace kv
