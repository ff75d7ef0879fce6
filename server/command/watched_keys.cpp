#include "server/command/watched_keys.h"

#include "server/command/context.h"

#include <algorithm>

namespace kv {

void Watch::add(const Context& context, Transaction& store, const HashedKey& key)
{
    const bool known = std::any_of(keys_.begin(), keys_.end(),
                                   [&](const Key& each) { return each.bytes == key.bytes; });
    if (known) return;
    store_ = &context.store;
    all_ = &context.server.watched_keys();
    keys_.push_back({std::string(key.bytes), key.hash, static_cast<bool>(store.find(key))});
    try {
        all_->add(store, *this, keys_.back());
    } catch (...) {
        keys_.pop_back();
        throw;
    }
}

/// A key that was missing and is there now has been stored, and so changed_ says it; one that has
/// expired may not have been dropped before this lookup.
bool Watch::unchanged(Transaction& store) const
{
    return !changed_ && std::all_of(keys_.begin(), keys_.end(), [&](const Key& key) {
        return !key.present || store.find({key.bytes, key.hash});
    });
}

void Watch::clear()
{
    if (keys_.empty()) return;
    {
        Transaction store(*store_);
        all_->remove(store, *this);
        changed_ = false;
    }
    keys_.clear();
}

void WatchedKeys::add(Transaction& store, Watch& watch, const Watch::Key& key)
{
    const bool was_empty = entries_.empty();
    const auto entry = entries_.insert({key.hash, {&watch, &key}});
    if (!was_empty) return;
    try {
        store.add_listener(*this);
    } catch (...) {
        entries_.erase(entry);
        throw;
    }
}

void WatchedKeys::remove(Transaction& store, Watch& watch) noexcept
{
    for (const Watch::Key& key : watch.keys_) {
        const auto [first, last] = entries_.equal_range(key.hash);
        const auto mine = std::find_if(
            first, last, [&](const auto& entry) { return entry.second.watch == &watch; });
        if (mine != last) entries_.erase(mine);
    }
    if (entries_.empty()) store.remove_listener(*this);
}

/// A mark is a note between memcached clients: the item stays as it was.
void WatchedKeys::changed(std::span<const Change> changes) noexcept
{
    for (const Change& change : changes) {
        if (change.kind == Change::Kind::flushed) {
            flushed(*change.table);
        } else if (change.kind != Change::Kind::marked) {
            changed(*change.item);
        }
    }
}

void WatchedKeys::changed(const Item& item) noexcept
{
    const auto [first, last] = entries_.equal_range(item.hash());
    std::for_each(first, last, [&](const auto& entry) {
        if (entry.second.key->bytes == item.key()) entry.second.watch->changed_ = true;
    });
}

/// A key that was missing still is.
void WatchedKeys::flushed(Table& table) noexcept
{
    for (const auto& [hash, entry] : entries_) {
        if (table.find({entry.key->bytes, hash})) entry.watch->changed_ = true;
    }
}

}  // namespace kv
