// rewrite.h: making a new value, or a new key, out of a stored one: append, SETRANGE, RENAME ...
//
// Copying a long value would keep everybody else from the store, so it is done without the lock;
// when another client has changed the item meanwhile, it is copied again. Each time one of them has
// made progress. Inside EXEC the lock stays held, and the first copy fits.
#pragma once

#include "server/command/execute.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace kv {

constexpr std::size_t max_digits = 20;  // of a 64-bit number, sign included

/// An empty draft for `key`, whether or not the lock is held already. nullopt: no memory for it.
[[nodiscard]] inline std::optional<Draft> draft(const Context& context, const HashedKey& key,
                                                std::size_t value_bytes)
{
    if (context.inside != nullptr) return context.inside->draft(key, value_bytes);
    return context.store.draft(key, value_bytes);
}

/// Makes room for a short value that will be drafted under the lock; inside another transaction the
/// draft makes its own.
inline void make_room(const Context& context, const HashedKey& key, std::size_t value_bytes)
{
    if (context.inside != nullptr) return;
    context.store.make_room(Item::footprint(key.bytes.size(), value_bytes));
}

/// A draft of `text` in place of the value of `row`, if there is one: with its flags and type, as
/// counting keeps them. At least `least_bytes` long, filled up with blanks. nullopt: no memory.
[[nodiscard]] std::optional<Draft> successor(Transaction& store, const HashedKey& key,
                                             const Row& row, std::string_view text,
                                             std::size_t least_bytes = 0);

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

/// Calls step(store, row, made) under the lock, where `row` is that of `from`, until it returns a
/// result. With nullopt it asks for `made`: what make(item) has drafted without the lock from what
/// the row has (null: nothing); null until that is there. Returns nullopt when make() does.
template <class Make, class Step>
auto rewrite(const Context& context, const HashedKey& from, Make make, Step step)
    -> decltype(step(std::declval<Transaction&>(), Row(), nullptr))
{
    ItemPtr source;
    std::optional<Draft> made;
    for (;;) {
        ItemPtr stale;  // freed without the lock: it may be long, and ours alone
        {
            const WithLock store(context);
            const Row row = store->find(from);
            const bool fits = made && source == (row ? row.item() : nullptr);
            if (!fits) stale.swap(source);
            source.reset();  // what is replaced is referred to by nobody then
            if (auto result = step(*store, row, fits ? &*made : nullptr)) return result;
            if (row) source = row.item();
        }
        made = make(source);
        if (!made) return std::nullopt;
    }
}

/// The same, where the edited value is drafted for `to`. nullopt: there is no memory for it.
template <class Step>
auto rewrite(const Context& context, const HashedKey& from, const HashedKey& to, const Edit& edit,
             Step step)
{
    const auto make = [&](const ItemPtr& source) { return edited(context, to, source, edit); };
    return rewrite(context, from, make, step);
}

}  // namespace kv
