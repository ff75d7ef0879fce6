// storage.h: storage commands with their conditions, and counting on numbers, for classic and meta
// commands alike (protocol.txt, "Storage commands", "Increment/Decrement").
#pragma once

#include "server/command/context.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

#include <variant>

namespace kv::memcached {

/// Stores the value if its mode and its cas number let it. Takes the draft.
[[nodiscard]] PutResult put(Put& request, const HashedKey& key, const Context& context);

/// What `find` finds, for a reader; a miss because the item's time is over is counted.
template <class Find>
[[nodiscard]] Row count_expired(Transaction& store, Find find)
{
    const std::uint64_t before = store.counters().reclaimed;
    const Row row = find();
    if (!row && store.counters().reclaimed != before) ++store.counters().get_expired;
    return row;
}

/// Whether the value of `put` is too large or has no memory, said as an operation.
[[nodiscard]] inline Unstorable unstorable(const Put& put, bool too_large)
{
    return {too_large, put.mode == Put::Mode::set};
}

/// What remains to be done for a value that cannot be stored.
[[nodiscard]] Outcome give_up(const Unstorable& request, const HashedKey& key,
                              const Context& context);

/// What counting makes of a value: the draft to put in its place, and its use so far.
struct Counted {
    Draft draft;
    Usage usage;
    std::uint64_t number;
};

/// Adds to the number in `row`, around 2^64, or subtracts from it, down to 0. memcached writes the
/// digits over the old ones and fills up with blanks, and clients know that it does; a typed
/// integer stays its digits alone. not_a_number, or out_of_memory.
[[nodiscard]] std::variant<Counted, Outcome> count(Transaction& store, const HashedKey& key,
                                                   const Row& row, std::uint64_t delta,
                                                   bool subtract);

}  // namespace kv::memcached
