// Unions, intersections and differences of sorted sets; sets take part as if each of their members
// had the score 1.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/resp/number.h"
#include "server/resp/sorted_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kv::resp {

namespace {

enum class Aggregate : std::uint8_t { sum, min, max };

/// What a command says behind its keys.
struct AlgebraOptions {
    std::vector<double> weights;  ///< one for each key; none: all are 1
    Aggregate aggregate = Aggregate::sum;
    bool with_scores = false;
    std::size_t limit = 0;  ///< of ZINTERCARD; 0: none
};

/// What its words may be.
struct AlgebraWords {
    bool has_weights = false;  ///< and AGGREGATE
    bool has_scores = false;
    bool has_limit = false;
};

/// Reads so many weights; nullopt: one is no number.
std::optional<std::vector<double>> parse_weights(Words words)
{
    std::vector<double> weights;
    for (const std::string_view word : words) {
        const auto weight = parse_double(word);
        if (!weight) return std::nullopt;
        weights.push_back(*weight);
    }
    return weights;
}

std::optional<Aggregate> parse_aggregate(std::string_view word)
{
    if (equal_ignoring_case(word, "sum")) return Aggregate::sum;
    if (equal_ignoring_case(word, "min")) return Aggregate::min;
    if (equal_ignoring_case(word, "max")) return Aggregate::max;
    return std::nullopt;
}

/// Reads one option off the front of `words`.
std::optional<Error> take_algebra_option(Words& words, std::size_t keys, AlgebraWords grammar,
                                         AlgebraOptions& options)
{
    const auto is = [&](std::string_view word) { return equal_ignoring_case(words[0], word); };
    std::size_t taken = 2;
    if (grammar.has_weights && words.size() > keys && is("weights")) {
        auto weights = parse_weights(words.subspan(1, keys));
        if (!weights) return error("ERR weight value is not a float");
        options.weights = std::move(*weights);
        taken = keys + 1;
    } else if (grammar.has_weights && words.size() > 1 && is("aggregate")) {
        const auto aggregate = parse_aggregate(words[1]);
        if (!aggregate) return error(syntax_error);
        options.aggregate = *aggregate;
    } else if (grammar.has_scores && is("withscores")) {
        options.with_scores = true;
        taken = 1;
    } else if (grammar.has_limit && words.size() > 1 && is("limit")) {
        const auto limit = parse_integer(words[1]);
        if (!limit || *limit < 0) return error("ERR LIMIT can't be negative");
        options.limit = static_cast<std::size_t>(*limit);
    } else {
        return error(syntax_error);
    }
    words = words.subspan(taken);
    return std::nullopt;
}

std::variant<AlgebraOptions, Error> parse_algebra_options(Words words, std::size_t keys,
                                                          AlgebraWords grammar)
{
    AlgebraOptions options;
    while (!words.empty()) {
        if (auto refused = take_algebra_option(words, keys, grammar, options)) return *refused;
    }
    return options;
}

/// How many keys follow argument `number`; else why not.
std::variant<std::size_t, Error> parse_source_count(const Call& call, std::size_t number)
{
    const auto keys = parse_integer(call[number]);
    if (!keys) return error(not_an_integer);
    if (*keys < 1) {
        return Error{
            fmt::format("ERR at least 1 input key is needed for '{}' command", call.command.name)};
    }
    const std::size_t behind = call.size() - number - 1;
    if (static_cast<std::uint64_t>(*keys) > behind) return error(syntax_error);
    return static_cast<std::size_t>(*keys);
}

/// A set or sorted set that takes part, or nothing, which is like an empty one. Its item lives as
/// long as the lock is held and no room is made.
struct AlgebraSource {
    const Set* set = nullptr;
    const SortedSet* sorted = nullptr;
    double weight = 1;

    [[nodiscard]] std::size_t size() const
    {
        if (sorted != nullptr) return sorted->size();
        return set == nullptr ? 0 : set->size();
    }

    /// The member's score; nullopt: it has no such member.
    [[nodiscard]] std::optional<double> find(const HashedKey& name) const
    {
        if (sorted != nullptr) {
            const SortedSet::Member* const member = sorted->scores().find(name);
            return member == nullptr ? std::nullopt : std::optional(member->value);
        }
        if (set == nullptr || set->find(name) == nullptr) return std::nullopt;
        return 1;
    }

    /// Calls visit(member), its score with it.
    template <class Visit>
    void for_each(Visit visit) const
    {
        if (sorted != nullptr) sorted->scores().for_each(visit);
        if (set == nullptr) return;
        set->for_each([&](const Set::Member& member) {
            visit(SortedSet::Member{member.name, member.hash, 1});
        });
    }
};

using AlgebraSources = std::vector<AlgebraSource>;

/// nullopt: a key has a value of another type.
std::optional<AlgebraSources> open_algebra_sources(Transaction& store,
                                                   std::span<const HashedKey> keys)
{
    AlgebraSources sources(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Row row = store.read(keys[i]);
        count(store.counters().get, static_cast<bool>(row));
        if (!row) continue;
        const Collection* const collection = collection_of(*row.item());
        if (row->type == ItemType::sorted_set) {
            sources[i].sorted = static_cast<const SortedSet*>(collection);
        } else if (row->type == ItemType::set) {
            sources[i].set = static_cast<const Set*>(collection);
        } else {
            return std::nullopt;
        }
    }
    return sources;
}

double weighted(const AlgebraSource& source, double score)
{
    const double product = source.weight * score;
    return std::isnan(product) ? 0 : product;
}

/// As Redis has it: what is no number adds up to 0, and is neither the least nor the greatest.
double aggregated(double so_far, double more, Aggregate aggregate)
{
    if (aggregate == Aggregate::min) return more < so_far ? more : so_far;
    if (aggregate == Aggregate::max) return more > so_far ? more : so_far;
    const double sum = so_far + more;
    return std::isnan(sum) ? 0 : sum;
}

/// The members with their scores, in any order.
using Computed = std::vector<SortedSet::Member>;

Computed union_of(const AlgebraSources& sources, const AlgebraOptions& options)
{
    Members<double> all;
    for (const AlgebraSource& source : sources) {
        source.for_each([&](const SortedSet::Member& member) {
            const double score = weighted(source, member.value);
            if (const auto* present = all.find(member.key())) {
                (void)all.replace(*present, aggregated(present->value, score, options.aggregate));
            } else {
                all.add({member.name, member.hash, score});
            }
        });
    }
    Computed result;
    result.reserve(all.size());
    all.for_each([&](const SortedSet::Member& member) { result.push_back(member); });
    return result;
}

/// The score of a member of the first source if all others have it too.
std::optional<double> score_in_all(const AlgebraSources& sources, const SortedSet::Member& member,
                                   Aggregate aggregate)
{
    double score = weighted(sources.front(), member.value);
    for (std::size_t i = 1; i < sources.size(); ++i) {
        const auto other = sources[i].find(member.key());
        if (!other) return std::nullopt;
        score = aggregated(score, sources[i].weight * *other, aggregate);
    }
    return score;
}

Computed intersection_of(const AlgebraSources& sources, const AlgebraOptions& options)
{
    const std::size_t limit = options.limit == 0 ? SIZE_MAX : options.limit;
    Computed result;
    sources.front().for_each([&](const SortedSet::Member& member) {
        if (result.size() == limit) return;
        if (const auto score = score_in_all(sources, member, options.aggregate)) {
            result.push_back({member.name, member.hash, *score});
        }
    });
    return result;
}

Computed difference_of(const AlgebraSources& sources)
{
    Computed result;
    sources.front().for_each([&](const SortedSet::Member& member) {
        const bool is_elsewhere = std::any_of(
            sources.begin() + 1, sources.end(),
            [&](const AlgebraSource& source) { return source.find(member.key()).has_value(); });
        if (!is_elsewhere) result.push_back(member);
    });
    return result;
}

enum class Algebra : std::uint8_t { add_up, intersect, subtract };

/// A command: what it makes, and what its words may be. `number` is the argument that counts keys.
struct AlgebraForm {
    Algebra algebra;
    std::size_t number;
    AlgebraWords grammar;
};

/// Under the lock. Redis takes the smallest source first, which shows in sums of inexact numbers.
Computed compute_algebra(AlgebraSources sources, Algebra algebra, const AlgebraOptions& options)
{
    if (algebra == Algebra::subtract) return difference_of(sources);
    for (std::size_t i = 0; i < options.weights.size(); ++i) sources[i].weight = options.weights[i];
    std::stable_sort(
        sources.begin(), sources.end(),
        [](const AlgebraSource& a, const AlgebraSource& b) { return a.size() < b.size(); });
    return algebra == Algebra::add_up ? union_of(sources, options)
                                      : intersection_of(sources, options);
}

/// Carries a form out; `then` answers from the result, under the lock. As in Redis a wrong
/// option is found after a key of another type.
template <class Then>
Reply carry_algebra_out(Call& call, const AlgebraForm& form, Then then)
{
    const auto keys = parse_source_count(call, form.number);
    if (const auto* refused = std::get_if<Error>(&keys)) return *refused;
    const std::size_t key_count = std::get<std::size_t>(keys);
    const auto parsed = parse_algebra_options(call.words().subspan(form.number + 1 + key_count),
                                              key_count, form.grammar);
    Computed result;  // outlives the lock
    const WithLock store(call.context);
    auto sources = open_algebra_sources(*store, call.keys().last(key_count));
    if (!sources) return error(wrong_type);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& options = std::get<AlgebraOptions>(parsed);
    result = compute_algebra(std::move(*sources), form.algebra, options);
    return then(*store, result, options);
}

/// In the order of a sorted set.
std::vector<SortedSet::Ranked> in_order(Computed& result)
{
    std::vector<SortedSet::Ranked> members;
    members.reserve(result.size());
    for (SortedSet::Member& member : result) {
        members.push_back({member.value, std::move(member.name)});
    }
    std::sort(members.begin(), members.end(), SortedSet::Before());
    return members;
}

Reply tell_algebra(Call& call, Algebra algebra)
{
    const AlgebraWords grammar{algebra != Algebra::subtract, true, false};
    Computed found;
    bool with_scores = false;
    Reply reply = carry_algebra_out(
        call, {algebra, 1, grammar},
        [&](Transaction&, Computed& result, const AlgebraOptions& options) -> Reply {
            for (const SortedSet::Member& member : result) {
                if (!hold(call, member.name)) return error(out_of_memory);
            }
            found = std::move(result);
            with_scores = options.with_scores;
            return ok;
        });
    if (std::holds_alternative<Error>(reply)) return reply;
    return reply_of(in_order(found), with_scores);
}

Reply store_computed(Call& call, Algebra algebra)
{
    const AlgebraWords grammar{algebra != Algebra::subtract, false, false};
    return carry_algebra_out(
        call, {algebra, 2, grammar},
        [&](Transaction& store, const Computed& result, const AlgebraOptions&) {
            return store_members(store, call.key(), result);
        });
}

Reply handle_zunion(Call& call)
{
    return tell_algebra(call, Algebra::add_up);
}

Reply handle_zinter(Call& call)
{
    return tell_algebra(call, Algebra::intersect);
}

Reply handle_zdiff(Call& call)
{
    return tell_algebra(call, Algebra::subtract);
}

Reply handle_zunionstore(Call& call)
{
    return store_computed(call, Algebra::add_up);
}

Reply handle_zinterstore(Call& call)
{
    return store_computed(call, Algebra::intersect);
}

Reply handle_zdiffstore(Call& call)
{
    return store_computed(call, Algebra::subtract);
}

Reply handle_zintercard(Call& call)
{
    return carry_algebra_out(call, {Algebra::intersect, 1, {false, false, true}},
                             [](Transaction&, const Computed& result, const AlgebraOptions&) {
                                 return integer(result.size());
                             });
}

}  // namespace

std::span<const Handler> sorted_set_algebra_handlers()
{
    static constexpr Handler table[] = {
        {"zunion", handle_zunion},
        {"zunionstore", handle_zunionstore, members_of_others, Makes::from_others},
        {"zinter", handle_zinter},
        {"zinterstore", handle_zinterstore, members_of_others, Makes::from_others},
        {"zintercard", handle_zintercard},
        {"zdiff", handle_zdiff},
        {"zdiffstore", handle_zdiffstore, members_of_others, Makes::from_others},
    };
    return table;
}

}  // namespace kv::resp
