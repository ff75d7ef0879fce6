// basics.h: what get, delete, count and flush mean, in every dialect alike.
#pragma once

#include "server/command/with_lock.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace kv {

constexpr std::size_t max_digits = 20;  // of a 64-bit number, sign included

/// Looks `key` up for a reader, and counts a hit or a miss. A nested value is a miss for protocols
/// that cannot represent it: those without `nested`.
[[nodiscard]] Row get(Transaction& store, const HashedKey& key, bool nested = false);

/// Drops the item of `key`, and counts a hit or a miss; whether there was one.
bool erase(Transaction& store, const HashedKey& key);

/// Stores the drafts for ever, as one change: under the caller's lock, a microsecond or less each.
void put_all(Transaction& store, std::span<Draft> drafts);

/// Drops everything in one step; returns how many items there were whose time was not over. Counts
/// them without the lock unless it is held already.
[[nodiscard]] std::uint64_t clear(const Context& context);

/// A draft of `text` in place of the value of `row`, if there is one: with its flags and type, as
/// counting keeps them. At least `least_bytes` long, filled up with blanks. nullopt: no memory.
[[nodiscard]] std::optional<Draft> successor(Transaction& store, const HashedKey& key,
                                             const Row& row, std::string_view text,
                                             std::size_t least_bytes = 0);

}  // namespace kv
