// rewrite.h: making a new value, or a new key, out of a stored one: append, SETRANGE, RENAME ...
//
// Copying a long value would keep everybody else from the store, so it is done without the lock;
// when another client has changed the item meanwhile, it is copied again. Each time one of them has
// made progress. Inside EXEC the lock stays held, and the first copy fits.
#pragma once

#include "server/command/with_lock.h"

#include <span>
#include <string_view>

namespace kv {

/// How a new value is made of an old one: the old bytes with `piece` written over or beside them.
/// An empty piece makes a copy.
struct Edit {
    enum class Place { back, front, offset };
    Place place = Place::back;
    std::string_view piece = {};
    std::size_t offset = 0;  ///< of Place::offset; a gap before it is filled with zeros

    [[nodiscard]] std::size_t size(std::string_view old) const;

    /// Writes the new value. REQUIRES: size(old) bytes in `into`.
    void write(std::string_view old, std::span<char> into) const;
};

/// Drafts `edit` of the source's value (null: of nothing) for `key`, with its flags, and with its
/// type if the bytes stay the same. nullopt: there is no memory for it.
[[nodiscard]] std::optional<Draft> edited(const Context& context, const HashedKey& key,
                                          const ItemPtr& source, const Edit& edit);

/// Calls step(store, row, copy) under the lock, where `row` is that of `from`, until it returns a
/// result. With nullopt it asks for `copy`: the edited value of what the row has, drafted for `to`;
/// null until that is there. Returns nullopt when there is no memory for it.
template <class Step>
auto rewrite(const Context& context, const HashedKey& from, const HashedKey& to, const Edit& edit,
             Step step) -> decltype(step(std::declval<Transaction&>(), Row(), nullptr))
{
    ItemPtr source;
    std::optional<Draft> copy;
    for (;;) {
        {
            const WithLock store(context);
            const Row row = store->find(from);
            const ItemPtr present = row ? row.item() : nullptr;
            Draft* fitting = copy && source == present ? &*copy : nullptr;
            if (auto result = step(*store, row, fitting)) return result;
            source = present;
        }
        copy = edited(context, to, source, edit);
        if (!copy) return std::nullopt;
    }
}

}  // namespace kv
