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

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

namespace kv {

/// What a value is. Of all but a nested one every dialect reads the bytes; the rest of the type is
/// for dialects that have it, so that what they stored comes back as what it was. What a dialect
/// without types writes is `bytes`, but counting keeps the type.
enum class ItemType : std::uint8_t {
    bytes,
    text,     ///< UTF-8
    integer,  ///< decimal digits, perhaps behind a minus sign
    nested,   ///< encoded as server/command/nested.h says; not there for a dialect that cannot show
              ///< it
};

/// What the meta commands note on an item (protocol.txt, "Meta Get": the W, X and Z flags).
struct Marks {
    bool stale : 1 = false;       ///< may be served, but a client should make a new value
    bool token_sent : 1 = false;  ///< and one client has been told that it is the one
    bool binary_key : 1 = false;  ///< the key came in base64, and goes out so
};

class Item;

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
    [[nodiscard]] bool is_nested() const { return type == ItemType::nested; }

    /// Where the value is to be written, by whoever made the item and before it is stored.
    [[nodiscard]] std::span<char> room() { return {bytes() + key_bytes(), value_bytes_}; }

    /// How many refer to it at this moment.
    [[nodiscard]] std::uint32_t references() const { return references_; }

    /// What an item of these sizes costs against the memory limit: its heap block and its row.
    [[nodiscard]] static std::size_t footprint(std::size_t key_bytes, std::size_t value_bytes);
    [[nodiscard]] std::size_t footprint() const { return footprint(key_bytes(), value_bytes_); }

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

}  // namespace kv
