// scan_cursor.h: a place in a walk, as the number that SCAN gives to a client and gets back.
//
//   bits 63 .. 36   bucket        35 .. 8   how many buckets its map had       7 .. 0   the map
//
// When the map has grown since, the walk of that map begins anew (Table::visit_bucket): a key that
// is there all the time is returned at least once. 0 is the start, and the end.
#pragma once

#include "server/store/table.h"

#include <cstdint>

namespace kv::resp {

constexpr unsigned bucket_bits = 28;
static_assert(Table::part_bits + 2 * bucket_bits == 64);

[[nodiscard]] constexpr std::uint64_t to_number(const Table::Cursor& cursor)
{
    return std::uint64_t{cursor.bucket} << (Table::part_bits + bucket_bits) |
           std::uint64_t{cursor.buckets} << Table::part_bits | cursor.part;
}

/// Any number is a valid place: one that we did not give only starts somewhere else.
[[nodiscard]] constexpr Table::Cursor to_cursor(std::uint64_t number)
{
    constexpr std::uint64_t bucket_mask = (std::uint64_t{1} << bucket_bits) - 1;
    return {number & (Table::parts - 1), number >> (Table::part_bits + bucket_bits),
            number >> Table::part_bits & bucket_mask};
}

}  // namespace kv::resp
