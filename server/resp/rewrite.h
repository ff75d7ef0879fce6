// rewrite.h: a new value, or a new key, out of a stored one: APPEND, RENAME, COPY ...
//
// Copying a long value would keep all others from the store, so it is done without the lock; when
// another client has changed the item meanwhile, it is copied again. Of those who try, one succeeds
// every time. Inside EXEC the lock stays where it is, and the first copy fits.
#pragma once

#include "server/resp/command.h"
#include "server/resp/protocol.h"

#include <functional>

namespace kv::resp {

/// A value to be made from a stored item: how long it is and how it is filled. `source` is null
/// when the key does not exist.
struct Recipe {
    std::function<std::size_t(const Item* source)> size;
    std::function<void(const Item* source, std::span<char> room)> fill;
    bool keeps_type;  ///< what comes out is as much a number, or a text, as what went in
};

/// Calls step(store, row, copy) under the lock, where `row` is that of the first key, or null,
/// until it returns an answer. With nullopt it asks for `copy`: a draft for `key` made by the
/// recipe from what the row has, null until that is there.
template <class Step>
Reply rewrite(Call& call, const HashedKey& key, const Recipe& recipe, Step step)
{
    ItemPtr source;
    std::optional<Draft> copy;
    for (;;) {
        {
            const Locked store(call);
            Table::Row* row = store->find(call.key(0));
            const ItemPtr present = row != nullptr ? row->first.item : nullptr;
            Draft* fitting = copy && source == present ? &*copy : nullptr;
            if (std::optional<Reply> reply = step(*store, row, fitting)) return std::move(*reply);
            source = present;
        }
        copy = call.draft(key, recipe.size(source.get()));
        if (!copy) return error(out_of_memory);
        if (source) copy->item->flags = source->flags;
        if (source && recipe.keeps_type) copy->item->type = source->type;
        recipe.fill(source.get(), copy->room());
    }
}

}  // namespace kv::resp
