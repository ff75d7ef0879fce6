// Ranges of sorted sets: by rank, by score, by the members' bytes.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/resp/number.h"
#include "server/resp/sorted_sets.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace kv::resp {

namespace {

constexpr std::string_view bad_score_range = "ERR min or max is not a float";
constexpr std::string_view bad_lex_range = "ERR min or max not valid string range item";

/// An end of a range of scores: "(1" is without 1.
struct ScoreBound {
    double score = 0;
    bool is_open = false;
};

/// With C's strtod, as Redis: of no digits it makes 0, and of too many the infinite.
std::optional<ScoreBound> parse_score_bound(std::string_view word)
{
    const std::string copy(word);  // which ends with a NUL
    ScoreBound bound;
    bound.is_open = copy.starts_with('(');
    const char* const begin = copy.c_str() + (bound.is_open ? 1 : 0);
    char* end = nullptr;
    bound.score = std::strtod(begin, &end);
    if (*end != '\0' || std::isnan(bound.score)) return std::nullopt;
    return bound;
}

/// An end of a range of members: "[a" with a, "(a" without, "-" before all, "+" behind all.
struct LexBound {
    enum class Kind : std::uint8_t { before_all, closed, open, behind_all };
    Kind kind = Kind::closed;
    std::string_view bytes;
};

std::optional<LexBound> parse_lex_bound(std::string_view word)
{
    if (word.empty()) return std::nullopt;
    const char first = word.front();
    word.remove_prefix(1);
    if (first == '[') return LexBound{LexBound::Kind::closed, word};
    if (first == '(') return LexBound{LexBound::Kind::open, word};
    if (!word.empty() && word.front() != '\0') return std::nullopt;
    if (first == '-') return LexBound{LexBound::Kind::before_all, {}};
    if (first == '+') return LexBound{LexBound::Kind::behind_all, {}};
    return std::nullopt;
}

/// Whether a member stands before a range that begins so.
bool is_before(double score, const BytesPtr&, const ScoreBound& min)
{
    return min.is_open ? score <= min.score : score < min.score;
}
bool is_before(double, const BytesPtr& member, const LexBound& min)
{
    switch (min.kind) {
        case LexBound::Kind::before_all: return false;
        case LexBound::Kind::closed: return member->view() < min.bytes;
        case LexBound::Kind::open: return member->view() <= min.bytes;
        default: return true;
    }
}

/// Whether a member does not stand behind a range that ends so.
bool is_within(double score, const BytesPtr&, const ScoreBound& max)
{
    return max.is_open ? score < max.score : score <= max.score;
}
bool is_within(double, const BytesPtr& member, const LexBound& max)
{
    switch (max.kind) {
        case LexBound::Kind::before_all: return false;
        case LexBound::Kind::closed: return member->view() <= max.bytes;
        case LexBound::Kind::open: return member->view() < max.bytes;
        default: return true;
    }
}

template <class Bound>
struct Between {
    Bound min;
    Bound max;
};

/// Ranks as the client counts them: from the end when negative, and from there if it is asked
/// backwards.
struct Ranks {
    std::int64_t start;
    std::int64_t end;
};

using MemberRange = std::variant<Ranks, Between<ScoreBound>, Between<LexBound>>;

enum class RangeBy : std::uint8_t { rank, score, lex };

template <class Bound, class Parse>
std::variant<MemberRange, Error> parse_between(std::string_view min, std::string_view max,
                                               Parse parse, std::string_view refusal)
{
    const auto first = parse(min);
    const auto last = parse(max);
    if (!first || !last) return error(refusal);
    return MemberRange(Between<Bound>{*first, *last});
}

std::variant<MemberRange, Error> parse_range(RangeBy by, std::string_view min, std::string_view max)
{
    if (by == RangeBy::score) {
        return parse_between<ScoreBound>(min, max, parse_score_bound, bad_score_range);
    }
    if (by == RangeBy::lex)
        return parse_between<LexBound>(min, max, parse_lex_bound, bad_lex_range);
    const auto start = parse_integer(min);
    const auto end = parse_integer(max);
    if (!start || !end) return error(not_an_integer);
    return MemberRange(Ranks{*start, *end});
}

/// Where the range lies, by ranks.
template <class Bound>
Places places_in(const SortedSet& set, const Between<Bound>& range)
{
    const std::size_t first = set.count_while(
        [&](double score, const BytesPtr& member) { return is_before(score, member, range.min); });
    const std::size_t end = set.count_while(
        [&](double score, const BytesPtr& member) { return is_within(score, member, range.max); });
    return {first, end - std::min(first, end)};
}
Places places_in(const SortedSet& set, const Ranks& ranks)
{
    return places(ranks.start, ranks.end, set.size());
}
Places places_in(const SortedSet& set, const MemberRange& range)
{
    return std::visit([&](const auto& one) { return places_in(set, one); }, range);
}

/// What a command asks for of a range.
struct RangeQuery {
    RangeBy by = RangeBy::rank;
    bool is_backwards = false;
    bool with_scores = false;
    std::int64_t offset = 0;
    std::int64_t limit = -1;  ///< negative: none
};

/// What the words of a command may say that its name does not.
struct RangeWords {
    bool has_by = false;  ///< BYSCORE BYLEX
    bool has_rev = false;
    bool has_scores = true;
};

/// "LIMIT offset count" at argument `i`, and moves `i` on to the last of them.
bool take_limit(const Call& call, std::size_t& i, RangeQuery& query)
{
    const auto offset = parse_integer(call[i + 1]);
    const auto limit = parse_integer(call[i + 2]);
    if (!offset || !limit) return false;
    query.offset = *offset;
    query.limit = *limit;
    i += 2;
    return true;
}

std::optional<Error> refuse(const RangeQuery& query)
{
    if (query.limit != -1 && query.by == RangeBy::rank) {
        return error(
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE "
            "or BYLEX");
    }
    if (query.with_scores && query.by == RangeBy::lex) {
        return error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    }
    return std::nullopt;
}

/// Reads the options from argument `first` on.
std::optional<Error> read_range_options(const Call& call, std::size_t first, RangeWords grammar,
                                        RangeQuery& query)
{
    for (std::size_t i = first; i < call.size(); ++i) {
        const auto is = [&](std::string_view word) { return equal_ignoring_case(call[i], word); };
        if (grammar.has_scores && is("withscores")) {
            query.with_scores = true;
        } else if (is("limit") && i + 2 < call.size()) {
            if (!take_limit(call, i, query)) return error(not_an_integer);
        } else if (grammar.has_rev && is("rev")) {
            query.is_backwards = true;
            grammar.has_rev = false;
        } else if (grammar.has_by && (is("byscore") || is("bylex"))) {
            query.by = is("byscore") ? RangeBy::score : RangeBy::lex;
            grammar.has_by = false;
        } else {
            return error(syntax_error);
        }
    }
    return refuse(query);
}

/// Which members they are: `first` is the rank of the first one in the order asked for.
Places chosen_places(const SortedSet& set, const MemberRange& range, const RangeQuery& query)
{
    Places found = places_in(set, range);
    if (query.by != RangeBy::rank) {
        if (query.offset < 0 || static_cast<std::uint64_t>(query.offset) >= found.count) return {};
        const auto offset = static_cast<std::size_t>(query.offset);
        const std::size_t left = found.count - offset;
        const std::size_t count =
            query.limit < 0 ? left : std::min(left, static_cast<std::size_t>(query.limit));
        const std::size_t last = found.first + found.count - 1;
        return {query.is_backwards ? last - offset : found.first + offset, count};
    }
    if (query.is_backwards) found.first = set.size() - 1 - found.first;
    return found;
}

/// A command's range and options, with its key at argument `key`: `min` and `max` follow, the
/// other way round when a range of scores or members is asked for backwards.
struct RangeRequest {
    RangeQuery query;
    MemberRange range;
};
std::variant<RangeRequest, Error> parse_range_request(const Call& call, std::size_t key,
                                                      RangeWords grammar, RangeQuery query)
{
    if (auto refused = read_range_options(call, key + 3, grammar, query)) return *refused;
    const bool is_turned = query.is_backwards && query.by != RangeBy::rank;
    const auto range = parse_range(query.by, call[is_turned ? key + 2 : key + 1],
                                   call[is_turned ? key + 1 : key + 2]);
    if (const auto* refused = std::get_if<Error>(&range)) return *refused;
    return RangeRequest{query, std::get<MemberRange>(range)};
}

Reply tell_range(Call& call, RangeWords grammar, RangeQuery asked)
{
    const auto parsed = parse_range_request(call, 1, grammar, asked);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& request = std::get<RangeRequest>(parsed);
    const bool is_backwards = request.query.is_backwards;
    std::optional<std::vector<SortedSet::Ranked>> members = std::vector<SortedSet::Ranked>();
    Reply read = read_sorted_set(call, ok, [&](const SortedSet& set) {
        const auto [first, count] = chosen_places(set, request.range, request.query);
        members = take_members(call, set, first, count, is_backwards);
        return ok;
    });
    if (std::holds_alternative<Error>(read)) return read;
    if (!members) return error(out_of_memory);
    return reply_of(std::move(*members), request.query.with_scores);
}

Reply handle_zrange(Call& call)
{
    return tell_range(call, {true, true, true}, {});
}

Reply handle_zrevrange(Call& call)
{
    return tell_range(call, {}, {RangeBy::rank, true});
}

Reply handle_zrangebyscore(Call& call)
{
    return tell_range(call, {}, {RangeBy::score, false});
}

Reply handle_zrevrangebyscore(Call& call)
{
    return tell_range(call, {}, {RangeBy::score, true});
}

Reply handle_zrangebylex(Call& call)
{
    return tell_range(call, {}, {RangeBy::lex, false});
}

Reply handle_zrevrangebylex(Call& call)
{
    return tell_range(call, {}, {RangeBy::lex, true});
}

Reply handle_zrangestore(Call& call)
{
    const auto parsed = parse_range_request(call, 2, {true, true, false}, {});
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& request = std::get<RangeRequest>(parsed);
    const bool is_backwards = request.query.is_backwards;
    std::vector<SortedSet::Member> members;
    const WithLock store(call.context);
    {
        const Opened<SortedSet> set(*store, call.key(1));
        count(store->counters().get, set || set.is_wrong_type());
        if (set.is_wrong_type()) return error(wrong_type);
        if (set) {
            const auto [first, count] = chosen_places(*set, request.range, request.query);
            members.reserve(count);
            set->visit(first, count, is_backwards, [&](double score, const BytesPtr& name) {
                members.push_back({name, call.context.store.hashed(name->view()).hash, score});
            });
        }
    }
    return store_members(*store, call.key(0), members);
}

Reply count_range(Call& call, RangeBy by)
{
    const auto range = parse_range(by, call[2], call[3]);
    if (const auto* refused = std::get_if<Error>(&range)) return *refused;
    return read_sorted_set(call, Integer{0}, [&](const SortedSet& set) {
        return integer(places_in(set, std::get<MemberRange>(range)).count);
    });
}

Reply handle_zcount(Call& call)
{
    return count_range(call, RangeBy::score);
}

Reply handle_zlexcount(Call& call)
{
    return count_range(call, RangeBy::lex);
}

Reply remove_range(Call& call, RangeBy by)
{
    const auto range = parse_range(by, call[2], call[3]);
    if (const auto* refused = std::get_if<Error>(&range)) return *refused;
    std::vector<SortedSet::Ranked> removed;
    const WithLock store(call.context);
    Opened<SortedSet> set(*store, call.key());
    if (set.is_wrong_type()) return error(wrong_type);
    if (!set) return Integer{0};
    const auto [first, count] = places_in(*set, std::get<MemberRange>(range));
    removed.reserve(count);
    set->visit(first, count, false, [&](double score, const BytesPtr& member) {
        removed.push_back({score, member});
    });
    remove_members(call, set, removed);
    return integer(removed.size());
}

Reply handle_zremrangebyrank(Call& call)
{
    return remove_range(call, RangeBy::rank);
}

Reply handle_zremrangebyscore(Call& call)
{
    return remove_range(call, RangeBy::score);
}

Reply handle_zremrangebylex(Call& call)
{
    return remove_range(call, RangeBy::lex);
}

}  // namespace

std::span<const Handler> sorted_set_range_handlers()
{
    static constexpr Handler table[] = {
        {"zcount", handle_zcount},
        {"zlexcount", handle_zlexcount},
        {"zrange", handle_zrange},
        {"zrangestore", handle_zrangestore, members_of_others, Makes::from_others},
        {"zrangebyscore", handle_zrangebyscore},
        {"zrangebylex", handle_zrangebylex},
        {"zrevrange", handle_zrevrange},
        {"zrevrangebyscore", handle_zrevrangebyscore},
        {"zrevrangebylex", handle_zrevrangebylex},
        {"zremrangebyrank", handle_zremrangebyrank},
        {"zremrangebyscore", handle_zremrangebyscore},
        {"zremrangebylex", handle_zremrangebylex},
    };
    return table;
}

}  // namespace kv::resp
