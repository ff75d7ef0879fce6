#include "server/store/table.h"

#include <utility>

namespace kv {

Table::Row* Table::find(const HashedKey& key)
{
    Part& part = part_of(key.hash);
    const auto found = part.find(key);
    return found == part.end() ? nullptr : &*found;
}

ItemPtr Table::put(ItemPtr item, Usage usage)
{
    Row* row = find({item->key(), item->hash()});
    if (row != nullptr) {
        row->second = usage;
        return std::exchange(row->first.item, std::move(item));
    }
    Part& part = part_of(item->hash());
    part.emplace(ItemKey{std::move(item)}, usage);
    ++size_;
    return nullptr;
}

Table::Row* Table::any()
{
    for (Part& part : parts_) {
        if (!part.empty()) return &*part.begin();
    }
    return nullptr;
}

ItemPtr Table::erase(const HashedKey& key)
{
    Part& part = part_of(key.hash);
    const auto found = part.find(key);
    if (found == part.end()) return nullptr;
    auto row = part.extract(found);
    --size_;
    return std::move(row.key().item);
}

}  // namespace kv
