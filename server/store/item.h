// item.h: one stored value with its key and its bookkeeping, in one piece of memory.
//
//   | Item (36 bytes) | key bytes | value bytes |
//
// One allocation instead of three keeps a small item small: at 16 + 100 bytes the item takes 160
// bytes of heap, and the table's row for it 32.
//
// The bytes never change once the item is stored, so a reader takes a reference under the store's
// lock and sends the value after the lock is gone, however long that takes and whatever happens to
// the key meanwhile. Fields marked "under the lock" may be read only while the store's lock is
// held, and only the store's verbs change them.
#pragma once

#include "common/clock.h"

#include <sodium/crypto_shorthash.h>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string_view>

namespace kv {

// A hash that a stranger cannot aim at.
//
// The standard library's string hash has no secret: 20,000 keys made to collide took 193 times as
// long to insert, all of it under the store's lock. SipHash with a random key per process leaves
// an attacker nothing to compute.

/// A key with its hash, computed once and outside the lock. A view: the bytes live elsewhere.
struct HashedKey {
    std::string_view bytes;
    std::uint32_t hash;
};

/// Any thread may call it; it never changes after it was made.
class KeyHash {
public:
    KeyHash() { crypto_shorthash_keygen(secret_.data()); }

    [[nodiscard]] HashedKey operator()(std::string_view key) const
    {
        std::array<unsigned char, crypto_shorthash_BYTES> digest;
        crypto_shorthash(digest.data(), reinterpret_cast<const unsigned char*>(key.data()),
                         key.size(), secret_.data());
        std::uint32_t hash = 0;
        std::memcpy(&hash, digest.data(), sizeof hash);
        return {key, hash};
    }

private:
    std::array<unsigned char, crypto_shorthash_KEYBYTES> secret_;
};

/// What a value is. Of a string, which is any of the first three, every dialect reads the bytes;
/// the rest of the type is for dialects that have it, so that what they stored comes back as what
/// it was. What a dialect without types writes is `bytes`, but counting keeps the type.
enum class ItemType : std::uint8_t {
    bytes,
    text,     ///< UTF-8
    integer,  ///< decimal digits, perhaps behind a minus sign
    nested,   ///< encoded as server/command/nested.h says; not there for a dialect that cannot show
              ///< it
    // clang-format off
    list, hash, set, sorted_set,  ///< collections: see collection.h
    // clang-format on
};

/// What the meta commands note on an item (protocol.txt, "Meta Get": the W, X and Z flags).
struct Marks {
    bool stale : 1 = false;       ///< may be served, but a client should make a new value
    bool token_sent : 1 = false;  ///< and one client has been told that it is the one
    bool binary_key : 1 = false;  ///< the key came in base64, and goes out so
};

class Item;
class Collection;

// Of an item that is a collection.
[[nodiscard]] std::size_t footprint_of_collection(const Item& item);
void free_collection(const Item& item);

/// A reference to an item that may be stored: to read.
using ItemPtr = boost::intrusive_ptr<const Item>;

/// The only reference to an item that nobody else sees yet: to fill.
using NewItem = boost::intrusive_ptr<Item>;

constexpr std::size_t max_key_bytes = std::size_t{64} << 10;
constexpr std::size_t max_value_bytes = std::size_t{1} << 30;

class Item {
public:
    /// Memory for an item with this key (1 to max_key_bytes, copied) and room for `value_bytes`
    /// (at most max_value_bytes). The room is not written to: pages nobody fills stay untouched.
    /// null: there is no memory for it.
    [[nodiscard]] static NewItem make(std::string_view key, std::uint32_t hash,
                                      std::size_t value_bytes);

    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;

    [[nodiscard]] std::string_view key() const { return {bytes(), key_bytes()}; }
    [[nodiscard]] std::string_view value() const { return {bytes() + key_bytes(), value_bytes_}; }
    [[nodiscard]] std::uint32_t hash() const { return hash_; }
    [[nodiscard]] bool is_string() const { return type < ItemType::nested; }
    [[nodiscard]] bool is_nested() const { return type == ItemType::nested; }
    [[nodiscard]] bool is_collection() const { return type > ItemType::nested; }

    /// Where the value is to be written, by whoever made the item and before it is stored.
    [[nodiscard]] std::span<char> room() { return {bytes() + key_bytes(), value_bytes_}; }

    /// How many refer to it at this moment.
    [[nodiscard]] std::uint32_t references() const { return references_; }

    /// What an item of these sizes costs against the memory limit: its heap block and its row.
    [[nodiscard]] static std::size_t footprint(std::size_t key_bytes, std::size_t value_bytes);
    [[nodiscard]] std::size_t footprint() const
    {
        return footprint(key_bytes(), value_bytes_) +
               (is_collection() ? footprint_of_collection(*this) : 0);
    }

    std::uint64_t cas = 0;            ///< changes with every change of value; under the lock
    UnixMillis expires = never;       ///< under the lock
    std::uint32_t flags = 0;          ///< the client's own 32 bits; set before the item is stored
    ItemType type = ItemType::bytes;  ///< set before the item is stored
    Marks marks;                      ///< under the lock

private:
    Item(std::string_view key, std::uint32_t hash, std::size_t value_bytes);

    // The bytes begin right behind the last field, in what would otherwise be padding.
    static constexpr std::size_t header_bytes = 36;
    [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this) + header_bytes; }
    [[nodiscard]] const char* bytes() const
    {
        return reinterpret_cast<const char*>(this) + header_bytes;
    }
    [[nodiscard]] std::size_t key_bytes() const { return std::size_t{last_key_byte_} + 1; }
    friend void intrusive_ptr_add_ref(const Item* item);
    friend void intrusive_ptr_release(const Item* item);

    std::uint16_t last_key_byte_;  ///< key size less one, so that 64 KiB fits 16 bits
    mutable std::atomic<std::uint32_t> references_{0};
    std::uint32_t hash_;
    std::uint32_t value_bytes_;
};

void intrusive_ptr_add_ref(const Item* item);
void intrusive_ptr_release(const Item* item);

/// What glibc's malloc takes for a block: 8 bytes of its own, in steps of 16, at least 32.
constexpr std::size_t heap_block(std::size_t bytes)
{
    return std::max<std::size_t>(32, (bytes + 8 + 15) / 16 * 16);
}

// The table's row for an item: a node of 24 bytes, and about one bucket of 8.
constexpr std::size_t row_footprint = heap_block(24) + 8;

inline Item::Item(std::string_view key, std::uint32_t hash, std::size_t value_bytes)
    : last_key_byte_(static_cast<std::uint16_t>(key.size() - 1)),
      hash_(hash),
      value_bytes_(static_cast<std::uint32_t>(value_bytes))
{
    static_assert(sizeof(Item) - header_bytes < alignof(Item), "only padding follows the header");
    key.copy(bytes(), key.size());
}

inline NewItem Item::make(std::string_view key, std::uint32_t hash, std::size_t value_bytes)
{
    const std::size_t bytes = header_bytes + key.size() + value_bytes;
    void* memory = std::malloc(std::max(sizeof(Item), bytes));
    if (memory == nullptr) return nullptr;
    return {new (memory) Item(key, hash, value_bytes)};
}

inline std::size_t Item::footprint(std::size_t key_bytes, std::size_t value_bytes)
{
    return heap_block(header_bytes + key_bytes + value_bytes) + row_footprint;
}

inline void intrusive_ptr_add_ref(const Item* item)
{
    item->references_.fetch_add(1, std::memory_order_relaxed);
}

inline void intrusive_ptr_release(const Item* item)
{
    // The last owner must see everything the others did to the item before it frees it.
    if (item->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        if (item->is_collection()) free_collection(*item);
        item->~Item();
        std::free(const_cast<Item*>(item));
    }
}

}  // namespace kv
