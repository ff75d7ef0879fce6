// Members of sorted sets that are not named: pops from either end, and draws by lot.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/resp/number.h"
#include "server/resp/sorted_sets.h"

#include <fmt/format.h>
#include <sodium/randombytes.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <unordered_set>

namespace kv::resp {

/// The answer comes first: without memory for it nothing is to be taken.
std::optional<Reply> pop_members(const Call& call, Transaction& store,
                                 std::span<const HashedKey> keys, End end, std::size_t count,
                                 AnswerOfMembers answer)
{
    for (const HashedKey& key : keys) {
        Opened<SortedSet> set(store, key);
        if (set.is_wrong_type()) return error(wrong_type);
        if (!set) continue;
        const bool backwards = end == End::back;
        const auto members = take_members(call, *set, backwards ? set.size() - 1 : 0,
                                          std::min(count, set.size()), backwards);
        if (!members) return error(out_of_memory);
        Reply reply = answer(key.bytes, *members);
        remove_members(call, set, *members);
        return reply;
    }
    return std::nullopt;
}

Reply pairs_of_key(std::string_view key, const std::vector<SortedSet::Ranked>& members)
{
    Array pairs;
    pairs.elements.reserve(members.size());
    for (const auto& [score, member] : members) {
        pairs.elements.emplace_back(Array{Array::Kind::array, {Element{member}, Double{score}}});
    }
    return Array{Array::Kind::array, {bulk(key), std::move(pairs)}};
}

std::variant<ScoredPop, Error> parse_scored_pop(const Call& call, std::size_t number)
{
    const auto keys = parse_integer(call[number]);
    if (!keys || *keys < 1) return error("ERR numkeys should be greater than 0");
    const std::size_t behind = call.size() - number - 1;
    if (static_cast<std::uint64_t>(*keys) >= behind) return error(syntax_error);
    std::size_t i = number + 1 + static_cast<std::size_t>(*keys);

    ScoredPop options;
    const std::string_view end = call[i++];
    if (equal_ignoring_case(end, "max")) {
        options.end = End::back;
    } else if (!equal_ignoring_case(end, "min")) {
        return error(syntax_error);
    }
    if (i == call.size()) return options;
    if (!equal_ignoring_case(call[i], "count") || i + 1 == call.size()) return error(syntax_error);
    const auto count = parse_integer(call[i + 1]);
    if (!count || *count < 1) return error("ERR count should be greater than 0");
    if (i + 2 != call.size()) return error(syntax_error);
    options.count = static_cast<std::size_t>(*count);
    return options;
}

namespace {

/// In RESP3 the members are pairs only if a count was asked for.
Reply pop_from_end(Call& call, End end)
{
    if (call.size() > 3) return error(syntax_error);
    std::int64_t most = 1;
    if (call.size() == 3) {
        const auto count = parse_integer(call[2]);
        if (!count || *count < 0) return error("ERR value is out of range, must be positive");
        most = *count;
    }
    const auto all = [](std::string_view, const std::vector<SortedSet::Ranked>& members) -> Reply {
        return Scored{members};
    };
    const auto only = [](std::string_view, const std::vector<SortedSet::Ranked>& members) -> Reply {
        const auto& [score, member] = members.front();
        return Array{Array::Kind::array, {Element{member}, Double{score}}};
    };
    const bool has_count = call.size() == 3;
    const WithLock store(call.context);
    const auto count = static_cast<std::size_t>(most);
    auto reply = has_count ? pop_members(call, *store, call.keys(), end, count, all)
                           : pop_members(call, *store, call.keys(), end, count, only);
    if (reply) return std::move(*reply);
    return has_count ? Reply(Scored{}) : Reply(Elements{});
}

Reply handle_zpopmin(Call& call)
{
    return pop_from_end(call, End::front);
}

Reply handle_zpopmax(Call& call)
{
    return pop_from_end(call, End::back);
}

Reply handle_zmpop(Call& call)
{
    const auto parsed = parse_scored_pop(call, 1);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto [end, most] = std::get<ScoredPop>(parsed);
    const WithLock store(call.context);
    auto reply = pop_members(call, *store, call.keys(), end, most, pairs_of_key);
    return reply ? std::move(*reply) : NullArray{};
}

using Dice = std::mt19937_64;

std::size_t roll(Dice& dice, std::size_t limit)
{
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice);
}

/// `count` different numbers below `size`, each as likely as any other (Floyd's algorithm).
std::vector<std::size_t> different_ranks(Dice& dice, std::size_t count, std::size_t size)
{
    std::unordered_set<std::size_t> seen;
    std::vector<std::size_t> drawn;
    drawn.reserve(count);
    for (std::size_t last = size - count; last < size; ++last) {
        const std::size_t number = roll(dice, last + 1);
        drawn.push_back(seen.insert(number).second ? number : last);
        seen.insert(drawn.back());
    }
    return drawn;
}

using DrawnMembers = std::optional<std::vector<SortedSet::Ranked>>;

/// The members of these ranks, each counted.
DrawnMembers members_at(const Call& call, const SortedSet& set, std::span<const std::size_t> ranks)
{
    std::vector<SortedSet::Ranked> members;
    members.reserve(ranks.size());
    for (const std::size_t rank : ranks) {
        auto one = take_members(call, set, rank, 1, false);
        if (!one) return std::nullopt;
        members.push_back(std::move(one->front()));
    }
    return members;
}

/// Different members; all of them in Redis' order, the last first.
DrawnMembers draw_members(const Call& call, const SortedSet& set, Dice& dice, std::size_t count)
{
    const std::size_t size = set.size();
    if (count >= size) return take_members(call, set, size - 1, size, true);
    return members_at(call, set, different_ranks(dice, count, size));
}

/// Members one of which may come again: `count` from among these.
DrawnMembers draw_members_again(const Call& call, std::span<const SortedSet::Ranked> from,
                                Dice& dice, std::size_t count)
{
    std::vector<SortedSet::Ranked> members;
    while (members.size() < count && !call.is_cut()) {
        members.push_back(from[roll(dice, from.size())]);
        if (!hold(call, members.back().member)) return std::nullopt;
    }
    return members;
}

struct DrawWords {
    std::int64_t count = 0;  ///< negative: one may come again
    bool with_scores = false;
};

std::variant<DrawWords, Error> parse_draw_words(const Call& call)
{
    const auto count = parse_integer(call[2]);
    if (!count) return error(not_an_integer);
    if (*count == INT64_MIN) {
        return Error{fmt::format("ERR value is out of range, value must between {} and {}",
                                 -INT64_MAX, INT64_MAX)};
    }
    if (call.size() > 4) return error(syntax_error);
    if (call.size() == 3) return DrawWords{*count, false};
    if (!equal_ignoring_case(call[3], "withscores")) return error(syntax_error);
    if (std::abs(*count) > INT64_MAX / 2) return error("ERR value is out of range");
    return DrawWords{*count, true};
}

/// What is taken from the set under its lock: what was asked for, or all of it for
/// draw_members_again().
DrawnMembers draw(const Call& call, const SortedSet& set, Dice& dice, std::int64_t count)
{
    if (count == 0) return std::vector<SortedSet::Ranked>();
    if (count > 0) return draw_members(call, set, dice, static_cast<std::size_t>(count));
    const auto most = static_cast<std::size_t>(-count);
    if (most > set.size()) return take_members(call, set, 0, set.size(), false);
    std::vector<std::size_t> ranks(most);
    for (std::size_t& rank : ranks) rank = roll(dice, set.size());
    return members_at(call, set, ranks);
}

/// However many are asked for, under the lock no more are copied than the set has.
Reply draw_many_members(Call& call, Dice& dice)
{
    const auto parsed = parse_draw_words(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& options = std::get<DrawWords>(parsed);
    DrawnMembers drawn = std::vector<SortedSet::Ranked>();
    Reply read = read_sorted_set(call, ok, [&](const SortedSet& set) {
        drawn = draw(call, set, dice, options.count);
        return ok;
    });
    if (std::holds_alternative<Error>(read)) return read;
    if (drawn && !drawn->empty() && options.count < 0) {
        const auto most = static_cast<std::size_t>(-options.count);
        if (most > drawn->size()) drawn = draw_members_again(call, *drawn, dice, most);
    }
    if (!drawn) return error(out_of_memory);
    return reply_of(std::move(*drawn), options.with_scores);
}

Reply handle_zrandmember(Call& call)
{
    Dice dice(randombytes_random());
    if (call.size() > 2) return draw_many_members(call, dice);
    return read_sorted_set(call, Null{}, [&](const SortedSet& set) -> Reply {
        DrawnMembers drawn = draw(call, set, dice, -1);
        if (!drawn) return error(out_of_memory);
        return Element{std::move(drawn->front().member)};
    });
}

}  // namespace

std::span<const Handler> sorted_set_pick_handlers()
{
    static constexpr Handler table[] = {
        {"zpopmin", handle_zpopmin},
        {"zpopmax", handle_zpopmax},
        {"zmpop", handle_zmpop},
        {"zrandmember", handle_zrandmember},
    };
    return table;
}

}  // namespace kv::resp
