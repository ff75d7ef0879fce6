#include "server/store/store.h"

#include <algorithm>
#include <utility>

namespace kv {

Store::Store(const Clock& clock, std::size_t memory_limit, WhenFull when_full, LockWatch* watch)
    : clock_(clock), when_full_(when_full), budget_(memory_limit), lock_watch_(watch)
{
}

std::optional<Draft> Store::draft(std::string_view key, std::size_t value_bytes)
{
    make_room(Item::footprint(key.size(), value_bytes));
    return draft(hash_(key), value_bytes);
}

std::optional<Draft> Store::draft(const HashedKey& key, std::size_t value_bytes)
{
    const std::size_t bytes = Item::footprint(key.bytes.size(), value_bytes);
    if (!budget_.take(bytes)) return std::nullopt;
    Charge charge(budget_, bytes);
    return Draft{Item::make(key.bytes, key.hash, value_bytes), std::move(charge)};
}

std::optional<Charge> Store::reserve(std::size_t bytes)
{
    make_room(bytes);
    if (!budget_.take(bytes)) return std::nullopt;
    return Charge(budget_, bytes);
}

Transaction::Transaction(Store& store)
    : store_(store), now_(store.clock().now()), lock_(take_lock(store.mutex_, store.lock_watch_))
{
    if (store_.flush_at_ <= now_) flush_now();
}

Table::Row* Transaction::find(const HashedKey& key)
{
    store_.mutex_.assert_held();
    Table::Row* row = store_.table_->find(key);
    if (row == nullptr || row->first->expires > now_) return row;
    reclaim(*row);
    return nullptr;
}

Table::Row* Transaction::fetch(const HashedKey& key)
{
    Table::Row* row = find(key);
    if (row != nullptr) {
        row->second.last_access = seconds();
        row->second.fetched = true;
        store_.mutex_.assert_held();
        store_.eviction_.used(row->second);
    }
    return row;
}

std::optional<Draft> Transaction::draft(const HashedKey& key, std::size_t value_bytes)
{
    return store_.draft(key, value_bytes);
}

std::uint64_t Transaction::put(Draft draft, UnixMillis expires, std::optional<std::uint64_t> cas,
                               Usage usage)
{
    store_.mutex_.assert_held();
    Item& item = *draft.item;
    item.expires = expires;
    item.cas = cas ? *cas : next_cas();
    const std::uint64_t given = item.cas;
    const std::size_t bytes = item.footprint();
    // Room for what may be replaced, before anything has changed; twice as much each time, or many
    // puts in one transaction would copy the list of the dropped for each.
    if (dropped_.size() == dropped_.capacity()) dropped_.reserve(2 * dropped_.size() + 1);
    usage.last_access = seconds();
    ItemPtr replaced = store_.table_->put(std::move(draft.item), usage);

    draft.charge.keep();
    store_.table_bytes_ += bytes;
    if (replaced) {
        store_.table_bytes_ -= replaced->footprint();
        store_.budget_.give_back(replaced->footprint());
        dropped_.push_back(std::move(replaced));
    }
    if (expires != never) store_.note_expiry(expires);
    ++store_.counters_.total_items;
    return given;
}

std::uint64_t Transaction::next_cas()
{
    store_.mutex_.assert_held();
    return ++store_.last_cas_;
}

void Transaction::touch(Table::Row& row, UnixMillis expires)
{
    store_.mutex_.assert_held();
    row.first->expires = expires;
    if (expires != never) store_.note_expiry(expires);
}

bool Transaction::erase(const HashedKey& key)
{
    if (find(key) == nullptr) return false;
    take_out(key);
    return true;
}

void Transaction::take_out(const HashedKey& key)
{
    store_.mutex_.assert_held();
    ItemPtr item = store_.table_->erase(key);
    store_.table_bytes_ -= item->footprint();
    store_.budget_.give_back(item->footprint());
    dropped_.push_back(std::move(item));
}

}  // namespace kv
