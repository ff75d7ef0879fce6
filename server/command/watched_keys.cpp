#include "server/command/watched_keys.h"

#include "server/command/context.h"

#include <algorithm>

namespace kv {

void Watch::add(const Context& context, Transaction& store, const HashedKey& key, Charge& charge)
{
    WatchedKeys& all = context.server.watched_keys();
    if (all.knows(*this, key)) return;
    store_ = &context.store;
    all_ = &all;
    const bool present = static_cast<bool>(store.find(key));
    keys_.push_back({std::string(key.bytes), key.hash, present, store.version()});
    try {
        all.add(store, *this, keys_.back());
    } catch (...) {
        keys_.pop_back();
        throw;
    }
    if (auto part = charge.split(footprint(key))) charge_.add(std::move(*part));
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
    constexpr int keys_per_step = 100;  // some 20 us under the lock
    while (!keys_.empty()) {
        std::list<Key> passed;  // freed after the lock
        Transaction store(*store_);
        for (int i = 0; i < keys_per_step && !keys_.empty(); ++i) {
            all_->remove(store, keys_.front());
            passed.splice(passed.end(), keys_, keys_.begin());
        }
        changed_ = false;
    }
    charge_ = Charge();
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

bool WatchedKeys::knows(const Watch& watch, const HashedKey& key) const
{
    const auto [first, last] = entries_.equal_range(key.hash);
    return std::any_of(first, last, [&](const auto& entry) {
        return entry.second.watch == &watch && entry.second.key->bytes == key.bytes;
    });
}

void WatchedKeys::remove(Transaction& store, const Watch::Key& key) noexcept
{
    const auto [first, last] = entries_.equal_range(key.hash);
    entries_.erase(
        std::find_if(first, last, [&](const auto& entry) { return entry.second.key == &key; }));
    if (entries_.empty()) store.remove_listener(*this);
}

/// A mark is a note between memcached clients: the item stays as it was.
void WatchedKeys::changed(std::span<const Change> changes) noexcept
{
    for (const Change& change : changes) {
        if (change.kind == Change::Kind::flushed) {
            flushed(change);
        } else if (change.kind != Change::Kind::marked) {
            changed(change);
        }
    }
}

void WatchedKeys::changed(const Change& change) noexcept
{
    const auto [first, last] = entries_.equal_range(change.item->hash());
    std::for_each(first, last, [&](const auto& entry) {
        if (entry.second.key->bytes == change.item->key()) tell(entry.second, change);
    });
}

/// A key that was missing still is.
void WatchedKeys::flushed(const Change& change) noexcept
{
    for (const auto& [hash, entry] : entries_) {
        if (change.table->find({entry.key->bytes, hash})) tell(entry, change);
    }
}

/// Changes that the same transaction made before it began to watch the key do not count.
void WatchedKeys::tell(const Entry& entry, const Change& change) noexcept
{
    if (change.version > entry.key->since) entry.watch->changed_ = true;
}

}  // namespace kv
