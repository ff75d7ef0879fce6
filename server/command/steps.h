// steps.h: what concerns many keys, or all: in steps that let others in, or under one lock.
//
// A second reading: requests for one key do without.
#pragma once

#include "server/command/execute.h"

#include <algorithm>
#include <span>

namespace kv {

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

/// Stores the drafts for ever, as one change: under the caller's lock, a microsecond or less each.
void put_all(Transaction& store, std::span<Draft> drafts);

/// Drops everything in one step; returns how many items there were whose time was not over. Counts
/// them without the lock unless it is held already.
[[nodiscard]] std::uint64_t clear(const Context& context);

// Of execute().
[[nodiscard]] Reply run(const GetTyped& request, const Context& context);
[[nodiscard]] Reply run(const GetMany& request, const Context& context);
[[nodiscard]] Reply run(PutMany& put, const Context& context);
[[nodiscard]] Reply run(const Clear& request, const Context& context);

}  // namespace kv
