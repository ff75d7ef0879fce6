// table.h: the std::unordered_map that everything is kept in, in shards so that it grows in small
// steps.
//
// A map that grows rehashes every row in one go: near 1.4 million items that takes 199 ms, and the
// whole server waits. Here the top bits of the hash choose one of 256 maps, and each grows by
// itself: on the way from 1 to 2 million items 256 puts take 1.0 to 1.7 ms each, before that less.
// To its user it is one map.
//
// Not thread-safe: the store's lock is held around every call.
#pragma once

#include "server/store/item.h"

#include <array>
#include <functional>
#include <span>
#include <unordered_map>
#include <utility>

namespace kv {

/// What the table notes beside an item and changes at every use of it.
struct Usage {
    std::uint32_t last_access = 0;  ///< Unix time in seconds
    std::uint16_t epoch = 0;        ///< of the eviction's count of reads
    std::uint8_t reads = 0;         ///< as the eviction counts them
    bool fetched = false;           ///< read at least once since it was stored

    /// Notes a read, in the eviction's present epoch.
    void note_read(std::uint32_t seconds, std::uint16_t now)
    {
        last_access = seconds;
        fetched = true;
        age(now);
        if (reads < 255) ++reads;
    }

    /// Halves the count of reads for each epoch that has begun since it was last looked at.
    void age(std::uint16_t now)
    {
        reads = static_cast<std::uint8_t>(
            reads >> std::min<int>(static_cast<std::uint16_t>(now - epoch), 8));
        epoch = now;
    }
};

/// An item is its own key: the map holds each once, and finds it by the key inside it. Another item
/// with the same key may take its place without the map being told.
struct ItemKey {
    mutable NewItem item;

    const Item* operator->() const { return item.get(); }
};

struct HashOfItem {
    using is_transparent = void;
    std::size_t operator()(const ItemKey& item) const noexcept { return item->hash(); }
    std::size_t operator()(const HashedKey& key) const noexcept { return key.hash; }
};

struct SameKey {
    using is_transparent = void;
    bool operator()(const ItemKey& a, const ItemKey& b) const { return a->key() == b->key(); }
    bool operator()(const HashedKey& a, const ItemKey& b) const
    {
        return a.hash == b->hash() && a.bytes == b->key();
    }
    bool operator()(const ItemKey& a, const HashedKey& b) const { return (*this)(b, a); }
};

/// One of the maps that the table is made of.
using Shard = std::unordered_map<ItemKey, Usage, HashOfItem, SameKey>;

/// A stored item as a lookup finds it, or none: `if (row) row->expires`. To read while the store's
/// lock is held, and until the row is put, erased or flushed; only the store's verbs change it.
class Row {
public:
    Row() = default;
    explicit Row(Shard::value_type& node) : node_(&node) {}

    [[nodiscard]] explicit operator bool() const { return node_ != nullptr; }
    [[nodiscard]] bool operator==(const Row&) const = default;

    // REQUIRES of all below: there is a row.
    const Item* operator->() const { return node_->first.item.get(); }
    [[nodiscard]] ItemPtr item() const { return node_->first.item; }
    [[nodiscard]] const Usage& usage() const { return node_->second; }

private:
    friend class Eviction;
    friend class Table;
    friend class Transaction;

    [[nodiscard]] Item& item_to_change() const { return *node_->first.item; }
    [[nodiscard]] Usage& usage_to_change() const { return node_->second; }

    Shard::value_type* node_ = nullptr;
};

class Table {
public:
    /// Valid until that row is replaced or erased.
    [[nodiscard]] Row find(const HashedKey& key);

    /// Brings these keys' rows and items into the processor's cache, where they are found soon.
    void prefetch(std::span<const HashedKey> keys) const;

    /// Puts `item` in, in the place of one with the same key, which is returned (null: there was
    /// none). Replacing allocates nothing. Throws std::bad_alloc with the table unchanged.
    ItemPtr put(NewItem item, Usage usage);

    /// Takes an item out; null when there was none.
    ItemPtr erase(const HashedKey& key);

    [[nodiscard]] std::size_t size() const { return size_; }

    /// Drops all rows, and calls visit(row) for each before.
    void drain(const std::function<void(const Row&)>& visit);

    static constexpr unsigned shard_bits = 8;
    static constexpr std::size_t shards = std::size_t{1} << shard_bits;

    /// A place in a walk over all rows: a shard and a bucket of it, and how many it had then.
    struct Cursor {
        std::size_t shard = 0;
        std::size_t bucket = 0;
        std::size_t buckets = 0;
        bool restarted = false;  ///< the shard has grown, so its rows will be visited twice
    };

    /// A place from any two numbers: a random one from random numbers; from the shard number and
    /// the hash of a key, where its row is if there is one.
    [[nodiscard]] Cursor place(std::size_t a, std::size_t b) const;

    /// The shard of a cursor that stands at a row with this hash.
    [[nodiscard]] static std::size_t shard_number(std::uint32_t hash)
    {
        return hash >> (32 - shard_bits);
    }

    /// Calls visit(row) for every row of the cursor's bucket and moves the cursor to the next.
    /// false: the walk has come to the end, and the cursor to the start again. A row that stays in
    /// the table during a walk is visited at least once: a shard that has grown meanwhile, and so
    /// moved its rows, is walked from its start again.
    /// REQUIRES: cursor.shard < shards.
    template <class Visit>
    bool visit_bucket(Cursor& cursor, Visit visit);  // in walk.h

private:
    [[nodiscard]] Shard& shard_of(std::uint32_t hash) { return shards_[shard_number(hash)]; }

    std::array<Shard, shards> shards_;
    std::size_t size_ = 0;
};

inline Row Table::find(const HashedKey& key)
{
    Shard& shard = shard_of(key.hash);
    const auto found = shard.find(key);
    return found == shard.end() ? Row() : Row(*found);
}

inline ItemPtr Table::put(NewItem item, Usage usage)
{
    if (const Row row = find({item->key(), item->hash()})) {
        row.node_->second = usage;
        return std::exchange(row.node_->first.item, std::move(item));
    }
    Shard& shard = shard_of(item->hash());
    shard.emplace(ItemKey{std::move(item)}, usage);
    ++size_;
    return nullptr;
}

inline ItemPtr Table::erase(const HashedKey& key)
{
    Shard& shard = shard_of(key.hash);
    const auto found = shard.find(key);
    if (found == shard.end()) return nullptr;
    auto node = shard.extract(found);
    --size_;
    return std::move(node.key().item);
}

}  // namespace kv
