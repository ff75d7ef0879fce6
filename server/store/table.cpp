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
    Part& part = part_of(item->hash());
    const auto found = part.find(item);
    if (found == part.end()) {
        part.emplace(std::move(item), usage);
        ++size_;
        return nullptr;
    }
    auto row = part.extract(found);  // the row keeps its memory while it changes its item
    ItemPtr replaced = std::exchange(row.key(), std::move(item));
    row.mapped() = usage;
    part.insert(std::move(row));
    return replaced;
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
    return std::move(row.key());
}

}  // namespace kv
