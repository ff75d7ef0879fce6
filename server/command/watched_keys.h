// watched_keys.h: who watches which keys, and has one of them changed (Redis' WATCH).
#pragma once

#include "server/store/store.h"

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace kv {

struct Context;
class WatchedKeys;

/// The keys that one client watches. Used by its session's thread, and marked by others under the
/// store's lock. Ends with the session.
class Watch {
public:
    Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { clear(); }

    /// Watches `key` from now on, if it does not already. `store` is a transaction on the context's
    /// store, which outlives the watch, as its server does. Throws std::bad_alloc.
    void add(const Context& context, Transaction& store, const HashedKey& key);

    /// Whether no watched key has changed since it was first watched; one that has expired has. To
    /// ask in the transaction that depends on it.
    [[nodiscard]] bool unchanged(Transaction& store) const;

    /// Watches nothing from now on. Takes the store's lock if it watches anything.
    void clear();

    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    friend class WatchedKeys;

    struct Key {
        std::string bytes;
        std::uint32_t hash;
        bool present;  ///< when it was first watched
    };

    Store* store_ = nullptr;
    WatchedKeys* all_ = nullptr;
    std::list<Key> keys_;
    bool changed_ = false;  ///< under the store's lock
};

/// All watched keys of a server. Under the store's lock; listens to the store while there are any.
class WatchedKeys final : public ChangeListener {
public:
    void changed(std::span<const Change> changes) noexcept override;

private:
    friend class Watch;

    struct Entry {
        Watch* watch;
        const Watch::Key* key;
    };

    void add(Transaction& store, Watch& watch, const Watch::Key& key);
    void remove(Transaction& store, Watch& watch) noexcept;
    void changed(const Item& item) noexcept;
    void flushed(Table& table) noexcept;

    std::unordered_multimap<std::uint32_t, Entry> entries_;  ///< by the key's hash
};

}  // namespace kv
