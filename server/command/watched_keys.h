// watched_keys.h: who watches which keys, and has one of them changed (Redis' WATCH).
#pragma once

#include "server/store/store.h"

#include <array>
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

    /// About what it takes to watch `key`, in bytes.
    [[nodiscard]] static std::size_t footprint(const HashedKey& key)
    {
        constexpr std::size_t nodes = 128;  // of a list and of a map, with their heap blocks
        return nodes + key.bytes.size();
    }

    /// Watches `key` from now on, if it does not already; then the key's footprint is taken from
    /// `charge`. `store` is a transaction on the context's store, which outlives the watch, as its
    /// server does. Throws std::bad_alloc.
    void add(const Context& context, Transaction& store, const HashedKey& key, Charge& charge);

    /// Whether no watched key has changed since it was first watched; one that has expired or was
    /// flushed has. To ask in the transaction that depends on it. Looks all of them up.
    [[nodiscard]] bool unchanged(Transaction& store) const;

    /// Watches nothing from now on. Takes the store's lock if it watches anything, in steps.
    void clear();

    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    friend class WatchedKeys;

    struct Key {
        SpacePtr space;
        std::string bytes;
        std::uint32_t hash;
        bool present;         ///< when it was first watched
        std::uint64_t since;  ///< the store's version then
    };

    Store* store_ = nullptr;
    WatchedKeys* all_ = nullptr;
    std::list<Key> keys_;
    Charge charge_;
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

    // By the key's hash. In shards, as the table: one that grows moves few of them under the lock.
    using Entries = std::unordered_multimap<std::uint32_t, Entry>;

    [[nodiscard]] Entries& entries_of(std::uint32_t hash)
    {
        return shards_[Table::shard_number(hash)];
    }
    [[nodiscard]] bool knows(const Watch& watch, const Space& space, const HashedKey& key);
    void add(Transaction& store, Watch& watch, const Watch::Key& key);
    void remove(Transaction& store, const Watch::Key& key) noexcept;
    void changed(const Change& change) noexcept;
    void swapped(const Space& space) noexcept;

    std::array<Entries, Table::shards> shards_;
    std::size_t size_ = 0;
};

}  // namespace kv
