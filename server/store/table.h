// table.h: the std::unordered_map that everything is kept in, cut so that it grows in small steps.
//
// A map that grows rehashes every row at once: near 1.4 million items that takes 199 ms, and the
// whole server waits. Cut into 256 maps by the top bits of the hash, each grows by itself: on the
// way from 1 to 2 million items 256 puts take 1.0 to 1.7 ms each, before that less. To its user it
// is one map.
//
// Not thread-safe: the store's lock is held around every call.
#pragma once

#include "server/store/item.h"
#include "server/store/key_hash.h"

#include <array>
#include <unordered_map>

namespace kv {

/// What the table notes beside an item and changes at every use of it.
struct Usage {
    std::uint32_t last_access = 0;  ///< Unix time in seconds
    std::uint16_t epoch = 0;        ///< of the eviction's count of reads
    std::uint8_t reads = 0;         ///< as the eviction counts them
    bool fetched = false;           ///< read at least once since it was stored
};

/// An item is its own key: the map holds each once, and finds it by the key inside it. Another item
/// with the same key may take its place without the map being told.
struct ItemKey {
    mutable ItemPtr item;

    Item* operator->() const { return item.get(); }
};

class Table {
    struct Hash {
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
    using Part = std::unordered_map<ItemKey, Usage, Hash, SameKey>;

public:
    using Row = Part::value_type;

    /// The row of `key`, or null. Valid until that row is replaced or erased.
    [[nodiscard]] Row* find(const HashedKey& key);

    /// Brings these keys' rows and items into the processor's cache, where they are found soon.
    void look_ahead(std::span<const HashedKey> keys) const;

    /// Puts `item` in, in the place of one with the same key, which is returned (null: there was
    /// none). Replacing allocates nothing. Throws std::bad_alloc with the table unchanged.
    ItemPtr put(ItemPtr item, Usage usage);

    /// Takes an item out; null when there was none.
    ItemPtr erase(const HashedKey& key);

    [[nodiscard]] std::size_t size() const { return size_; }

    static constexpr unsigned part_bits = 8;
    static constexpr std::size_t parts = std::size_t{1} << part_bits;

    /// A place in a walk over all rows: a map and a bucket of it, and how many it had then.
    struct Cursor {
        std::size_t part = 0;
        std::size_t bucket = 0;
        std::size_t buckets = 0;
        bool begun_anew = false;  ///< rows of this map that were visited before will be so again
    };

    /// A place from any two numbers: by chance from random ones, and from the part number and the
    /// hash of a key that where its row is, if there is one.
    [[nodiscard]] Cursor place(std::size_t a, std::size_t b) const
    {
        const std::size_t part = a % parts;
        const std::size_t buckets = parts_[part].bucket_count();
        return {part, b % buckets, buckets};
    }

    /// The part of a cursor that stands at a row with this hash.
    [[nodiscard]] static std::size_t part_number(std::uint32_t hash)
    {
        return hash >> (32 - part_bits);
    }

    /// Some row, or null if there is none.
    [[nodiscard]] Row* any();

    /// Calls visit(row) for every row of the cursor's bucket and moves the cursor to the next.
    /// false: the walk has come to the end, and the cursor to the start again. A row that stays in
    /// the table during a walk is visited at least once: a map that has grown meanwhile, and so
    /// moved its rows, is begun anew.
    /// REQUIRES: cursor.part < parts.
    template <class Visit>
    bool visit_bucket(Cursor& cursor, Visit visit)
    {
        Part& part = parts_[cursor.part];
        if (cursor.buckets != part.bucket_count()) {
            cursor = {cursor.part, 0, part.bucket_count(), cursor.bucket > 0};
        }
        if (cursor.bucket < part.bucket_count()) {
            for (auto row = part.begin(cursor.bucket); row != part.end(cursor.bucket); ++row) {
                visit(*row);
            }
            ++cursor.bucket;
        }
        if (cursor.bucket >= part.bucket_count()) cursor = {cursor.part + 1};
        if (cursor.part < parts) return true;
        cursor = {};
        return false;
    }

private:
    [[nodiscard]] Part& part_of(std::uint32_t hash) { return parts_[part_number(hash)]; }

    std::array<Part, parts> parts_;
    std::size_t size_ = 0;
};

}  // namespace kv
