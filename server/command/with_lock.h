// with_lock.h: the store under its lock, whether a command runs alone or inside EXEC.
#pragma once

#include "server/command/context.h"

#include <optional>

namespace kv {

/// Holds the store's lock for a scope: in a transaction of its own, or in the one around it. What
/// takes the lock itself (drafts, room, the context's store) belongs before or after the scope.
class WithLock {
public:
    explicit WithLock(const Context& context)
    {
        if (context.inside == nullptr) own_.emplace(context.store);
        transaction_ = context.inside != nullptr ? context.inside : &*own_;
    }

    [[nodiscard]] Transaction* operator->() const { return transaction_; }
    [[nodiscard]] Transaction& operator*() const { return *transaction_; }

private:
    std::optional<Transaction> own_;
    Transaction* transaction_;
};

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

}  // namespace kv
