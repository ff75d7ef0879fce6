// prefetch.cpp: loads the rows of many keys at the same time.
//
// In a table larger than the processor's caches a lookup is four loads from memory: the bucket, the
// node before its first, that first one, the item. Each must wait for the one before, which is a
// third of a get's time; but the loads for one key need not wait for those for another. Started for
// many keys step by step, they run in parallel, and take little longer than those for one.
//
// A second reading: lookups find the same without it.

#include "server/store/store.h"

#include <algorithm>

namespace kv {

namespace {

/// Loads the beginning of an item: its bookkeeping, its key, and a short value with them.
void prefetch_item(const Item* item)
{
    constexpr std::size_t line_bytes = 64;
    const char* bytes = reinterpret_cast<const char*>(item);
    for (std::size_t line = 0; line < 3; ++line) __builtin_prefetch(bytes + line * line_bytes);
}

}  // namespace

void Table::prefetch(std::span<const HashedKey> keys) const
{
    struct Search {
        Shard::const_local_iterator row;
        Shard::const_local_iterator end;
    };
    // About as many as a processor has loads in flight; more do no harm.
    constexpr std::size_t together = 32;
    std::array<Search, together> searches;
    for (; !keys.empty(); keys = keys.subspan(std::min(together, keys.size()))) {
        const std::size_t count = std::min(together, keys.size());
        for (std::size_t i = 0; i < count; ++i) {
            const Cursor at = place(shard_number(keys[i].hash), keys[i].hash);
            const Shard& shard = shards_[at.shard];
            searches[i] = {shard.cbegin(at.bucket), shard.cend(at.bucket)};
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto& [row, end] = searches[i];
            if (row != end) prefetch_item(row->first.item.get());
        }
        // Every third key or so is not that of its bucket's first row. (Going on to the next one
        // reads that one's hash, and so waits for it.)
        for (std::size_t i = 0; i < count; ++i) {
            auto& [row, end] = searches[i];
            if (row == end || row->first->hash() == keys[i].hash) continue;
            if (++row != end) prefetch_item(row->first.item.get());
        }
    }
}

void Store::prefetch(std::span<const HashedKey> keys)
{
    Transaction(*this).prefetch(keys);
}

void Transaction::prefetch(std::span<const HashedKey> keys) const
{
    store_.mutex_.assert_held();
    space_->table->prefetch(keys);
}

}  // namespace kv
