// draw.h: members of hashes and sets that are drawn by lot.
#pragma once

#include "server/resp/elements.h"
#include "server/resp/number.h"

#include <fmt/format.h>
#include <sodium/randombytes.h>

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace kv::resp {

/// Numbers by chance, from a seed that nobody knows: the system is asked once and not for each, and
/// before the lock (SplitMix64, by Steele, Lea and Flood).
class Dice {
public:
    Dice() { randombytes_buf(&state_, sizeof state_); }

    /// 32 bits.
    std::uint32_t operator()()
    {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
        return static_cast<std::uint32_t>((mixed ^ mixed >> 31) >> 32);
    }

private:
    std::uint64_t state_ = 0;
};

/// How many are to be drawn: negative if one may come again.
[[nodiscard]] inline std::variant<std::int64_t, Error> parse_draw_count(std::string_view word)
{
    const auto count = parse_integer(word);
    if (!count) return error(not_an_integer);
    if (*count == INT64_MIN) {
        return Error{fmt::format("ERR value is out of range, value must between {} and {}",
                                 -INT64_MAX, INT64_MAX)};
    }
    return *count;
}

[[nodiscard]] inline bool hold(const Call& call, const Entry<NoValue>& member)
{
    return hold(call, member.name);
}
[[nodiscard]] inline bool hold(const Call& call, const Entry<BytesPtr>& field)
{
    return hold(call, field.name) && hold(call, field.value);
}

/// Members that have been drawn, each counted (see hold). nullopt: there is no room for them.
template <class Value>
using Drawn = std::optional<std::vector<Entry<Value>>>;

/// All of them.
template <class Value>
[[nodiscard]] Drawn<Value> draw_all(const Call& call, const Members<Value>& members)
{
    std::vector<Entry<Value>> all;
    all.reserve(members.size());
    bool is_held = true;
    members.for_each([&](const Entry<Value>& member) {
        is_held = is_held && hold(call, member);
        if (is_held) all.push_back(member);
    });
    if (!is_held) return std::nullopt;
    return all;
}

/// Different ones; all if no more are there. Costs as much as `count`, not as there are members.
template <class Value>
[[nodiscard]] Drawn<Value> draw_different(const Call& call, const Members<Value>& members,
                                          Dice& dice, std::size_t count)
{
    const std::size_t size = members.size();
    if (count > size / 3) {
        auto drawn = draw_all(call, members);
        if (!drawn || count >= size) return drawn;
        for (std::size_t i = 0; i < count; ++i) {  // Fisher and Yates, up to there
            std::swap((*drawn)[i], (*drawn)[i + dice() % (size - i)]);
        }
        drawn->resize(count);
        return drawn;
    }
    std::vector<Entry<Value>> drawn;
    std::unordered_set<const Bytes*> seen;
    while (drawn.size() < count) {
        const Entry<Value>& member = members.any(dice);
        if (!seen.insert(member.name.get()).second) continue;
        if (!hold(call, member)) return std::nullopt;
        drawn.push_back(member);
    }
    return drawn;
}

/// So many of which one may come again; or all, when those are fewer.
template <class Value>
[[nodiscard]] Drawn<Value> draw_again(const Call& call, const Members<Value>& members, Dice& dice,
                                      std::size_t count)
{
    if (count > members.size()) return draw_all(call, members);
    std::vector<Entry<Value>> drawn;
    while (drawn.size() < count) {
        drawn.push_back(members.any(dice));
        if (!hold(call, drawn.back())) return std::nullopt;
    }
    return drawn;
}

/// The same from members that have been copied: however many are asked for, the lock is not held.
template <class Value>
[[nodiscard]] Drawn<Value> draw_again(const Call& call, const std::vector<Entry<Value>>& members,
                                      Dice& dice, std::size_t count)
{
    std::vector<Entry<Value>> drawn;
    while (drawn.size() < count && !call.is_cut()) {
        drawn.push_back(members[dice() % members.size()]);
        if (!hold(call, drawn.back())) return std::nullopt;
    }
    return drawn;
}

/// Answers HRANDFIELD or SRANDMEMBER without a count.
template <class C>
[[nodiscard]] Reply draw_one(Call& call)
{
    Dice dice;
    return read_collection<C>(call, Null{}, [&](const C& members) -> Reply {
        const BytesPtr& name = members.any(dice).name;
        if (!hold(call, name)) return OutOfMemory{};
        return Element{name};
    });
}

/// Answers them with one: reply_of(members) says how.
template <class C, class ReplyOf>
[[nodiscard]] Reply draw_many(Call& call, std::int64_t count, ReplyOf reply_of)
{
    Dice dice;
    const auto most = static_cast<std::size_t>(count < 0 ? -count : count);
    decltype(draw_all(call, std::declval<const C&>())) drawn;
    Reply read = read_collection<C>(call, Elements{}, [&](const C& members) -> Reply {
        drawn = count < 0 ? draw_again(call, members, dice, most)
                          : draw_different(call, members, dice, most);
        if (!drawn) return OutOfMemory{};
        return ok;
    });
    if (!drawn) return read;
    if (count < 0 && most > drawn->size()) drawn = draw_again(call, *drawn, dice, most);
    if (!drawn) return OutOfMemory{};
    return reply_of(std::move(*drawn));
}

}  // namespace kv::resp
