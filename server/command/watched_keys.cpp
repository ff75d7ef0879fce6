#include "server/command/watched_keys.h"

#include "server/command/context.h"

#include <algorithm>

namespace kv {

void Watch::add(const Context& context, Transaction& store, const HashedKey& key, Charge& charge)
{
    WatchedKeys& all = context.server.watched_keys();
    if (all.knows(*this, store.space(), key)) return;
    store_ = &context.store;
    all_ = &all;
    const bool present = static_cast<bool>(store.find(key));
    keys_.push_back({store.space().shared_from_this(), std::string(key.bytes), key.hash, present,
                     store.version()});
    try {
        all.add(store, *this, keys_.back());
    } catch (...) {
        keys_.pop_back();
        throw;
    }
    if (auto part = charge.split(footprint(key))) charge_.add(std::move(*part));
}

/// A key that was missing and is there now has been stored, and so changed_ says it. One that has
/// expired may not have been dropped before this lookup, and of a flush no watch is told.
bool Watch::unchanged(Transaction& store) const
{
    const bool all_there = std::all_of(keys_.begin(), keys_.end(), [&](const Key& key) {
        if (!key.present) return true;
        const InSpace there(store, *key.space);
        return static_cast<bool>(store.find({key.bytes, key.hash}));
    });
    return all_there && !changed_;
}

void Watch::clear()
{
    constexpr int keys_per_step = 100;  // some 20 us under the lock
    while (!keys_.empty()) {
        store_->let_others_in();
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
    Entries& entries = entries_of(key.hash);
    const auto entry = entries.insert({key.hash, {&watch, &key}});
    try {
        if (size_ == 0) store.add_listener(*this);
    } catch (...) {
        entries.erase(entry);
        throw;
    }
    ++size_;
}

bool WatchedKeys::knows(const Watch& watch, const Space& space, const HashedKey& key)
{
    const auto [first, last] = entries_of(key.hash).equal_range(key.hash);
    return std::any_of(first, last, [&](const auto& entry) {
        return entry.second.watch == &watch && entry.second.key->space.get() == &space &&
               entry.second.key->bytes == key.bytes;
    });
}

void WatchedKeys::remove(Transaction& store, const Watch::Key& key) noexcept
{
    Entries& entries = entries_of(key.hash);
    const auto [first, last] = entries.equal_range(key.hash);
    entries.erase(
        std::find_if(first, last, [&](const auto& entry) { return entry.second.key == &key; }));
    if (--size_ == 0) store.remove_listener(*this);
}

/// Those keys have changed that are there now, or were.
void WatchedKeys::swapped(const Space& space) noexcept
{
    for (Entries& entries : shards_) {
        for (const auto& [hash, entry] : entries) {
            const Watch::Key& key = *entry.key;
            if (key.space.get() != &space) continue;
            if (key.present || space.table->find({key.bytes, hash})) entry.watch->changed_ = true;
        }
    }
}

/// A mark is a note between memcached clients: the item stays as it was. A flush is over soon,
/// however many keys are watched: what it dropped is missing when EXEC asks, or was stored again.
void WatchedKeys::changed(std::span<const Change> changes) noexcept
{
    using Kind = Change::Kind;
    for (const Change& change : changes) {
        if (change.kind == Kind::swapped) swapped(*change.space);
        if (change.item && change.kind != Kind::marked) changed(change);
    }
}

/// Changes that the same transaction made before it began to watch the key do not count.
void WatchedKeys::changed(const Change& change) noexcept
{
    const auto [first, last] = entries_of(change.item->hash()).equal_range(change.item->hash());
    std::for_each(first, last, [&](const auto& found) {
        const Entry& entry = found.second;
        const bool is_later = change.version > entry.key->since;
        const bool is_its_own = entry.key->space.get() == change.space;
        if (is_later && is_its_own && entry.key->bytes == change.item->key()) {
            entry.watch->changed_ = true;
        }
    });
}

}  // namespace kv
