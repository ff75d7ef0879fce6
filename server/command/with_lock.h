// with_lock.h: the store under its lock, whether a command runs alone or inside EXEC.
#pragma once

#include "server/command/context.h"

#include <algorithm>
#include <optional>
#include <span>

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

/// To call between two steps of a command that each take the lock: lets those in first who wait for
/// it. Inside another transaction there are no such steps.
inline void let_others_in(const Context& context)
{
    if (context.inside == nullptr) context.store.let_others_in();
}

/// Carries out step(store), one of many that let others in between them; returns what it returns.
/// Inside EXEC nobody is let in.
template <class Step>
auto in_step(const Context& context, Step step)
{
    let_others_in(context);
    const WithLock store(context);
    return step(*store);
}

/// Calls visit(store, key) for each of the keys, in steps: so many keys are no atomic whole unless
/// they are few, or inside EXEC. What visit throws leaves the keys before it done.
template <class Visit>
void in_steps(const Context& context, std::span<const HashedKey> keys, Visit visit)
{
    constexpr std::size_t keys_per_step = 32;  // some 30 us
    while (!keys.empty()) {
        const auto these = keys.first(std::min(keys_per_step, keys.size()));
        keys = keys.subspan(these.size());
        in_step(context, [&](Transaction& store) {
            if (these.size() > 1) store.prefetch(these);
            for (const HashedKey& key : these) visit(store, key);
        });
    }
}

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
