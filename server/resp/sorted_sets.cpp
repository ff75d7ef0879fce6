// Sorted sets (redis.io/commands, "sorted-set"): members by their names. sorted_set_picks.cpp has
// pops and draws, sorted_set_ranges.cpp ranges, sorted_set_algebra.cpp unions and the like.
#include "server/resp/sorted_sets.h"

#include "common/words.h"
#include "server/command/execute.h"
#include "server/resp/number.h"
#include "server/resp/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace kv::resp {

std::optional<std::vector<SortedSet::Ranked>> take_members(const Call& call, const SortedSet& set,
                                                           std::size_t first, std::size_t count,
                                                           bool backwards)
{
    std::vector<SortedSet::Ranked> members;
    members.reserve(count);
    bool is_held = true;
    set.visit(first, count, backwards, [&](double score, const BytesPtr& member) {
        is_held = is_held && hold(call, member);
        if (is_held) members.push_back({score, member});
    });
    if (!is_held) return std::nullopt;
    return members;
}

void remove_members(const Call& call, Opened<SortedSet>& set,
                    std::span<const SortedSet::Ranked> members)
{
    set.prepare(members.size());
    for (const auto& [score, member] : members) {
        set.apply(RemoveScored{call.context.store.hashed(member->view())});
    }
}

Reply reply_of(std::vector<SortedSet::Ranked> members, bool with_scores)
{
    if (with_scores) return Scored{std::move(members)};
    Elements names;
    names.elements.reserve(members.size());
    for (auto& [score, member] : members) names.elements.push_back(std::move(member));
    return names;
}

Reply store_members(Transaction& store, const HashedKey& key,
                    std::span<const SortedSet::Member> members)
{
    if (members.empty()) {
        store.erase(key);
        return Integer{0};
    }
    auto made = std::make_unique<SortedSet>();
    if (members.size() > most_flat_entries) made->become_table();
    for (const SortedSet::Member& member : members) made->set(member);
    auto room =
        store.reserve(made->footprint() + Item::footprint(key.bytes.size(), collection_room), key);
    if (!room) return OutOfMemory{};
    store.provide(std::move(*room));
    store.put(key, std::move(made), ItemType::sorted_set, never);
    return integer(members.size());
}

std::size_t members_of_others(const Call& call, std::size_t present)
{
    // A member of a set takes less than half of what one of a sorted set does.
    return words_as_elements(call, 0) + 2 * present;
}

namespace {

/// NX XX GT LT CH INCR.
struct ScoreOptions {
    bool if_none = false;
    bool if_any = false;
    bool if_greater = false;
    bool if_less = false;
    bool counts_changes = false;
    bool adds_up = false;
};

/// Reads the options from argument 2 on; returns where the scores begin.
std::size_t read_score_options(const Call& call, ScoreOptions& options)
{
    const std::pair<std::string_view, bool*> words[] = {
        {"nx", &options.if_none}, {"xx", &options.if_any},         {"gt", &options.if_greater},
        {"lt", &options.if_less}, {"ch", &options.counts_changes}, {"incr", &options.adds_up},
    };
    std::size_t i = 2;
    for (; i < call.size(); ++i) {
        const auto* const word = std::find_if(
            std::begin(words), std::end(words),
            [&](const auto& named) { return equal_ignoring_case(call[i], named.first); });
        if (word == std::end(words)) break;
        *word->second = true;
    }
    return i;
}

std::optional<Error> refuse(const ScoreOptions& options, std::size_t words_of_pairs)
{
    if (words_of_pairs == 0 || words_of_pairs % 2 != 0) return error(syntax_error);
    if (options.if_none && options.if_any) {
        return error("ERR XX and NX options at the same time are not compatible");
    }
    if (options.if_none + options.if_greater + options.if_less > 1) {
        return error("ERR GT, LT, and/or NX options at the same time are not compatible");
    }
    if (options.adds_up && words_of_pairs > 2) {
        return error("ERR INCR option supports a single increment-element pair");
    }
    return std::nullopt;
}

enum class ScoreChange : std::uint8_t { nothing, member, score, same, not_a_number };

/// Adds a member, or gives it another score, as far as the options let; `member` has the score
/// afterwards.
ScoreChange add_member(Opened<SortedSet>& set, SortedSet::Member& member,
                       const ScoreOptions& options)
{
    const SortedSet::Member* const present = set ? set->scores().find(member.key()) : nullptr;
    if (present == nullptr) {
        if (options.if_any) return ScoreChange::nothing;
        set.apply(SetScore{member});
        return ScoreChange::member;
    }
    if (options.if_none) return ScoreChange::nothing;
    const double before = present->value;
    if (options.adds_up) member.value += before;
    if (std::isnan(member.value)) return ScoreChange::not_a_number;
    if (options.if_less && member.value >= before) return ScoreChange::nothing;
    if (options.if_greater && member.value <= before) return ScoreChange::nothing;
    if (member.value == before) return ScoreChange::same;
    set.apply(SetScore{member});
    return ScoreChange::score;
}

using ScoredMembers = std::vector<SortedSet::Member>;

Reply add_all(Opened<SortedSet>& set, ScoredMembers& members, const ScoreOptions& options)
{
    std::int64_t added = 0;
    std::int64_t changed = 0;
    ScoreChange last = ScoreChange::nothing;
    for (SortedSet::Member& member : members) {
        last = add_member(set, member, options);
        if (last == ScoreChange::not_a_number) {
            return error("ERR resulting score is not a number (NaN)");
        }
        if (last == ScoreChange::member) ++added;
        if (last == ScoreChange::score) ++changed;
    }
    if (!options.adds_up) return Integer{options.counts_changes ? added + changed : added};
    if (last == ScoreChange::nothing) return Null{};
    return Double{members.back().value};
}

Reply add_members(Call& call, ScoreOptions options)
{
    const std::size_t first = read_score_options(call, options);
    if (auto why_not = refuse(options, call.size() - first)) return *why_not;
    auto room = room_for(call, call.words().subspan(first));
    if (!room) return error(out_of_memory);
    ScoredMembers members;
    members.reserve((call.size() - first) / 2);
    for (std::size_t i = first; i < call.size(); i += 2) {
        const auto score = parse_double(call[i]);
        if (!score) return error(not_a_float);
        members.push_back(member_of(call, call[i + 1], *score));
    }

    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<SortedSet> set(*store, call.key());
    if (set.is_wrong_type()) return error(wrong_type);
    return add_all(set, members, options);
}

Reply handle_zadd(Call& call)
{
    return add_members(call, {});
}

/// Takes ZADD's options as well, as Redis 7.0 does.
Reply handle_zincrby(Call& call)
{
    ScoreOptions options;
    options.adds_up = true;
    return add_members(call, options);
}

std::vector<HashedKey> member_names(const Call& call, std::size_t first)
{
    std::vector<HashedKey> names;
    names.reserve(call.size() - first);
    for (const std::string_view word : call.words().subspan(first)) {
        names.push_back(call.context.store.hashed(word));
    }
    return names;
}

Reply handle_zrem(Call& call)
{
    const std::vector<HashedKey> names = member_names(call, 2);
    const WithLock store(call.context);
    Opened<SortedSet> set(*store, call.key());
    if (set.is_wrong_type()) return error(wrong_type);
    std::size_t removed = 0;
    set.prepare(names.size());
    for (const HashedKey& name : names) {
        if (!set) break;
        if (set->scores().find(name) == nullptr) continue;
        set.apply(RemoveScored{name});
        ++removed;
    }
    return integer(removed);
}

Reply handle_zcard(Call& call)
{
    return read_sorted_set(call, Integer{0},
                           [](const SortedSet& set) { return integer(set.size()); });
}

Reply handle_zscore(Call& call)
{
    const HashedKey name = call.context.store.hashed(call[2]);
    return read_sorted_set(call, Null{}, [&](const SortedSet& set) -> Reply {
        const SortedSet::Member* const member = set.scores().find(name);
        if (member == nullptr) return Null{};
        return Double{member->value};
    });
}

Reply handle_zmscore(Call& call)
{
    const std::vector<HashedKey> names = member_names(call, 2);
    Array missing;
    missing.elements.resize(names.size(), Null{});
    return read_sorted_set(call, missing, [&](const SortedSet& set) {
        Array scores;
        scores.elements.reserve(names.size());
        for (const HashedKey& name : names) {
            const SortedSet::Member* const member = set.scores().find(name);
            scores.elements.emplace_back(member == nullptr ? Reply(Null{}) : Double{member->value});
        }
        return scores;
    });
}

Reply tell_rank(Call& call, bool backwards)
{
    const HashedKey name = call.context.store.hashed(call[2]);
    return read_sorted_set(call, Null{}, [&](const SortedSet& set) -> Reply {
        const SortedSet::Member* const member = set.scores().find(name);
        if (member == nullptr) return Null{};
        const std::size_t rank = set.rank(member->value, name.bytes);
        return integer(backwards ? set.size() - 1 - rank : rank);
    });
}

Reply handle_zrank(Call& call)
{
    return tell_rank(call, false);
}

Reply handle_zrevrank(Call& call)
{
    return tell_rank(call, true);
}

/// A score as ZSCAN has it: Redis keeps whole numbers in a flat list as integers.
std::string text_of_score(double score, bool is_flat)
{
    constexpr double most = static_cast<double>(INT64_MAX / 2);
    if (is_flat && std::abs(score) <= most && std::trunc(score) == score) {
        return std::to_string(static_cast<std::int64_t>(score));
    }
    return fmt::format("{:.17g}", score);
}

Reply handle_zscan(Call& call)
{
    return scan_collection<SortedSet>(call, [&](const SortedSet& set,
                                                const SortedSet::Member& member,
                                                std::vector<Reply>& elements) {
        if (!hold(call, member.name)) return false;
        elements.emplace_back(Element{member.name});
        elements.emplace_back(Bulk{text_of_score(member.value, set.scores().flat() != nullptr)});
        return true;
    });
}

}  // namespace

std::span<const Handler> sorted_set_handlers()
{
    static constexpr Handler table[] = {
        {"zadd", handle_zadd, words_as_elements},
        {"zincrby", handle_zincrby, words_as_elements},
        {"zrem", handle_zrem},
        {"zcard", handle_zcard},
        {"zscore", handle_zscore},
        {"zmscore", handle_zmscore},
        {"zrank", handle_zrank},
        {"zrevrank", handle_zrevrank},
        {"zscan", handle_zscan},
    };
    return table;
}

}  // namespace kv::resp
