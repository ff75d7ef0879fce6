// arithmetic.h: counting on values that are decimal numbers (protocol.txt, "Increment/Decrement").
#pragma once

#include "server/store/store.h"

#include <cstdint>
#include <optional>

namespace kv {

constexpr std::size_t max_digits = 20;  // of a 64-bit number

/// Adding wraps around at 2^64; subtracting stops at 0.
[[nodiscard]] std::uint64_t apply(std::uint64_t number, std::uint64_t delta, bool subtract);

/// `number` as a value for `key`, at least `least_bytes` long: memcached writes the digits over the
/// old ones and fills up with blanks, and its clients know it does. nullopt: no memory.
[[nodiscard]] std::optional<Draft> number_draft(Transaction& transaction, const HashedKey& key,
                                                std::uint64_t number, std::size_t least_bytes = 0);

/// Gives `number` the client flags of the item it replaces. One that takes no more room is a change
/// of the same item: its marks stay too, and the usage returned says how often it was read.
[[nodiscard]] inline Usage succeed(const Table::Row& before, Item& number)
{
    number.flags = before.first->flags;
    if (number.value().size() != before.first->value().size()) return {};
    number.marks = before.first->marks;
    return before.second;
}

/// How long the number must be that takes this item's place. An integer is its digits alone: no
/// blanks go behind them.
[[nodiscard]] std::size_t padded_size(const Item& item);

}  // namespace kv
