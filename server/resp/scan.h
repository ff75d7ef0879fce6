// scan.h: what SCAN, HSCAN, SSCAN and ZSCAN have in common: their cursors, options and replies.
#pragma once

#include "server/resp/elements.h"
#include "server/resp/glob.h"
#include "server/resp/protocol.h"
#include "server/store/walk.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kv::resp {

// A place in a walk, as the number that a client is given and sends back:
//
//   bits 63 .. 36   bucket        35 .. 8   how many buckets its map had       7 .. 0   the map
//
// When the shard has grown since, its walk begins again (Table::visit_bucket): a key that
// is there all the time is returned at least once. 0 is the start, and the end.
constexpr unsigned bucket_bits = 28;
static_assert(Table::shard_bits + 2 * bucket_bits == 64);

[[nodiscard]] constexpr std::uint64_t to_number(const Table::Cursor& cursor)
{
    return std::uint64_t{cursor.bucket} << (Table::shard_bits + bucket_bits) |
           std::uint64_t{cursor.buckets} << Table::shard_bits | cursor.shard;
}

/// Any number is a valid place: one that we did not give only starts somewhere else.
[[nodiscard]] constexpr Table::Cursor to_cursor(std::uint64_t number)
{
    constexpr std::uint64_t bucket_mask = (std::uint64_t{1} << bucket_bits) - 1;
    return {number & (Table::shards - 1), number >> (Table::shard_bits + bucket_bits),
            number >> Table::shard_bits & bucket_mask};
}

constexpr std::string_view invalid_cursor = "ERR invalid cursor";

/// Reads a cursor as strtoul does, which Redis 7.0 asks: nothing is 0, and Predis begins with it.
[[nodiscard]] std::optional<std::uint64_t> parse_cursor(std::string_view text);

struct ScanOptions {
    std::int64_t count = 10;
    std::optional<Glob> pattern;  ///< none: any name
    std::string_view type;        ///< of keys; empty: any

    [[nodiscard]] bool matches(std::string_view name) const
    {
        return !pattern || pattern->matches(name);
    }
};

/// The options from the call's argument `first` on; TYPE is one of them where keys are looked for.
[[nodiscard]] std::variant<ScanOptions, Error> parse_scan(const Call& call, std::size_t first,
                                                          bool of_keys);

template <class Value>
[[nodiscard]] const Members<Value>& members_of(const Members<Value>& members)
{
    return members;
}
[[nodiscard]] inline const Members<double>& members_of(const SortedSet& set)
{
    return set.scores();
}

/// Visits about as many members as the options ask for, and returns the number to go on with. Empty
/// buckets count too, a tenth each, as in Redis: a nearly empty table is no one page.
template <class Value, class Visit>
[[nodiscard]] std::uint64_t visit_page(const Members<Value>& members, std::uint64_t number,
                                       const ScanOptions& options, Visit visit)
{
    const auto enough = static_cast<std::size_t>(options.count);
    const std::size_t most_buckets = enough > SIZE_MAX / 10 ? SIZE_MAX : 10 * enough;
    Table::Cursor cursor = to_cursor(number);
    std::size_t seen = 0;
    bool more = true;
    for (std::size_t i = 0; more && seen < enough && i < most_buckets; ++i) {
        more = members.visit_bucket(cursor, [&](const Entry<Value>& member) {
            ++seen;
            if (options.matches(member.name->view())) visit(member);
        });
    }
    return more ? to_number(cursor) : 0;
}

/// Answers HSCAN, SSCAN or ZSCAN: append(collection, member, elements) adds to the reply what it
/// says of a member. It counts what it refers to (see hold); false: there is no room for that.
template <class C, class Append>
[[nodiscard]] Reply scan_collection(Call& call, Append append)
{
    const auto number = parse_cursor(call[2]);
    if (!number) return error(invalid_cursor);
    const auto parsed = parse_scan(call, 3, false);
    const auto* refused = std::get_if<Error>(&parsed);

    const WithLock store(call.context);
    const Opened<C> opened(*store, call.key());
    count(store->counters().get, opened || opened.is_wrong_type());
    if (opened.is_wrong_type()) return error(wrong_type);
    if (!opened) return Array{Array::Kind::array, {bulk("0"), Elements{}}};
    if (refused != nullptr) return *refused;
    Array found;
    bool is_held = true;
    const std::uint64_t next = visit_page(
        members_of(*opened), *number, std::get<ScanOptions>(parsed),
        [&](const auto& member) { is_held = is_held && append(*opened, member, found.elements); });
    if (!is_held) return error(out_of_memory);
    return Array{Array::Kind::array, {Bulk{std::to_string(next)}, std::move(found)}};
}

/// The same where a member is all that append(member, elements) has to know.
template <class C, class Append>
[[nodiscard]] Reply scan_elements(Call& call, Append append)
{
    return scan_collection<C>(call,
                              [&](const C&, const auto& member, std::vector<Reply>& elements) {
                                  return append(member, elements);
                              });
}

}  // namespace kv::resp
