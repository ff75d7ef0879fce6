#include "server/store/item.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace kv {

namespace {

/// What glibc's malloc takes for a block: 8 bytes of its own, in steps of 16, at least 32.
constexpr std::size_t heap_block(std::size_t bytes)
{
    return std::max<std::size_t>(32, (bytes + 8 + 15) / 16 * 16);
}

// The table's row for an item: a node of 24 bytes, and about one bucket of 8.
constexpr std::size_t row_footprint = heap_block(24) + 8;

}  // namespace

Item::Item(std::string_view key, std::uint32_t hash, std::size_t value_bytes)
    : last_key_byte_(static_cast<std::uint16_t>(key.size() - 1)),
      hash_(hash),
      value_bytes_(static_cast<std::uint32_t>(value_bytes))
{
    static_assert(sizeof(Item) - header_bytes < alignof(Item), "only padding follows the header");
    key.copy(bytes(), key.size());
}

NewItem Item::make(std::string_view key, std::uint32_t hash, std::size_t value_bytes)
{
    const std::size_t bytes = header_bytes + key.size() + value_bytes;
    void* memory = std::malloc(std::max(sizeof(Item), bytes));
    if (memory == nullptr) return nullptr;
    return {new (memory) Item(key, hash, value_bytes)};
}

std::size_t Item::footprint(std::size_t key_bytes, std::size_t value_bytes)
{
    return heap_block(header_bytes + key_bytes + value_bytes) + row_footprint;
}

void intrusive_ptr_add_ref(const Item* item)
{
    item->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(const Item* item)
{
    // The last owner must see everything the others did to the item before it frees it.
    if (item->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        item->~Item();
        std::free(const_cast<Item*>(item));
    }
}

}  // namespace kv
