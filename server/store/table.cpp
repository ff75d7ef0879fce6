#include "server/store/table.h"

#include <utility>

namespace kv {

Row Table::find(const HashedKey& key)
{
    Shard& shard = shard_of(key.hash);
    const auto found = shard.find(key);
    return found == shard.end() ? Row() : Row(*found);
}

ItemPtr Table::put(NewItem item, Usage usage)
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

ItemPtr Table::erase(const HashedKey& key)
{
    Shard& shard = shard_of(key.hash);
    const auto found = shard.find(key);
    if (found == shard.end()) return nullptr;
    auto node = shard.extract(found);
    --size_;
    return std::move(node.key().item);
}

}  // namespace kv
