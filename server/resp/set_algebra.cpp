// Unions, intersections and differences of sets: told, counted or stored.
#include "common/words.h"
#include "server/resp/elements.h"
#include "server/resp/number.h"

#include <algorithm>

namespace kv::resp {

namespace {

/// Those there are, in the order of their keys. They live as long as the lock is held and no room
/// is made.
struct Sources {
    std::vector<const Set*> sets;
    bool any_missing = false;
    bool first_missing = false;
};

/// nullopt: a key has a value of another type.
std::optional<Sources> open_sources(Transaction& store, std::span<const HashedKey> keys)
{
    Sources sources;
    for (const HashedKey& key : keys) {
        const Row row = store.read(key);
        if (!count(store.counters().get, static_cast<bool>(row))) {
            sources.any_missing = true;
            sources.first_missing = sources.first_missing || &key == &keys.front();
            continue;
        }
        if (row->type != ItemType::set) return std::nullopt;
        sources.sets.push_back(static_cast<const Set*>(collection_of(*row.item())));
    }
    return sources;
}

/// Different members, in any order.
using Result = std::vector<Set::Member>;

bool smaller(const Set* a, const Set* b)
{
    return a->size() < b->size();
}

Result all_of(const Set& set)
{
    Result result;
    result.reserve(set.size());
    set.for_each([&](const Set::Member& member) { result.push_back(member); });
    return result;
}

/// All of the largest set, and what the others have beside it.
Result union_of(const Sources& sources)
{
    if (sources.sets.empty()) return {};
    const Set* const largest = *std::max_element(sources.sets.begin(), sources.sets.end(), smaller);
    Result result = all_of(*largest);
    Members<NoValue> more;
    for (const Set* set : sources.sets) {
        if (set == largest) continue;
        set->for_each([&](const Set::Member& member) {
            const HashedKey name = member.key();
            if (largest->find(name) != nullptr || more.find(name) != nullptr) return;
            more.add(member);
            result.push_back(member);
        });
    }
    return result;
}

/// Calls visit(member) for the members that all have, the first `limit` of them; returns how many.
template <class Visit>
std::size_t intersect(const Sources& sources, std::size_t limit, Visit visit)
{
    if (sources.any_missing) return 0;
    const auto& sets = sources.sets;
    const Set* const smallest = *std::min_element(sets.begin(), sets.end(), smaller);
    std::size_t found = 0;
    smallest->for_each([&](const Set::Member& member) {
        if (found == limit) return;
        const bool in_all = std::all_of(sets.begin(), sets.end(), [&](const Set* set) {
            return set == smallest || set->find(member.key()) != nullptr;
        });
        if (!in_all) return;
        ++found;
        visit(member);
    });
    return found;
}

Result intersection_of(const Sources& sources)
{
    Result result;
    intersect(sources, SIZE_MAX, [&](const Set::Member& member) { result.push_back(member); });
    return result;
}

/// Each member of each set is looked at once: to look those of the first up in all others would
/// take long when those are many and small.
Result difference_of(const Sources& sources)
{
    if (sources.first_missing || sources.sets.empty()) return {};
    const Set& first = *sources.sets.front();
    Members<NoValue> elsewhere;
    for (std::size_t i = 1; i < sources.sets.size(); ++i) {
        if (sources.sets[i] == &first) return {};
        sources.sets[i]->for_each([&](const Set::Member& member) {
            const HashedKey name = member.key();
            if (first.find(name) == nullptr || elsewhere.find(name) != nullptr) return;
            elsewhere.add(member);
        });
    }
    Result result;
    first.for_each([&](const Set::Member& member) {
        if (elsewhere.find(member.key()) == nullptr) result.push_back(member);
    });
    return result;
}

using Compute = Result (*)(const Sources& sources);

Reply tell(Call& call, Compute compute)
{
    Result result;  // outlives the lock
    {
        const WithLock store(call.context);
        const auto sources = open_sources(*store, call.keys());
        if (!sources) return error(wrong_type);
        result = compute(*sources);
        for (const Set::Member& member : result) {
            if (!hold(call, member.name)) return OutOfMemory{};
        }
    }
    Elements reply{Array::Kind::set, {}};
    reply.elements.reserve(result.size());
    for (Set::Member& member : result) reply.elements.push_back(std::move(member.name));
    return reply;
}

/// The result takes the place of whatever the first key has; if it is empty, that is erased.
Reply store_result(Call& call, Compute compute)
{
    Result result;  // outlives the lock
    const WithLock store(call.context);
    const auto sources = open_sources(*store, call.keys().subspan(1));
    if (!sources) return error(wrong_type);
    result = compute(*sources);
    if (result.empty()) {
        store->erase(call.key());
        return Integer{0};
    }
    auto made = std::make_unique<Set>();
    for (const Set::Member& member : result) made->add(member);
    const std::size_t item = Item::footprint(call.key().bytes.size(), collection_room);
    auto room = store->reserve(item + made->footprint(), call.key());
    if (!room) return OutOfMemory{};
    store->provide(std::move(*room));
    store->put(call.key(), std::move(made), ItemType::set, never);
    return integer(result.size());
}

std::size_t members_of_sources(const Call& call, std::size_t present)
{
    return words_as_elements(call, 0) + present;
}

Reply handle_sunion(Call& call)
{
    return tell(call, union_of);
}

Reply handle_sinter(Call& call)
{
    return tell(call, intersection_of);
}

Reply handle_sdiff(Call& call)
{
    return tell(call, difference_of);
}

Reply handle_sunionstore(Call& call)
{
    return store_result(call, union_of);
}

Reply handle_sinterstore(Call& call)
{
    return store_result(call, intersection_of);
}

Reply handle_sdiffstore(Call& call)
{
    return store_result(call, difference_of);
}

/// SINTERCARD numkeys key [key ...] [LIMIT limit]; 0: no limit.
std::variant<std::size_t, Error> parse_limit(const Call& call)
{
    const auto keys = parse_integer(call[1]);
    if (!keys || *keys < 1) return error("ERR numkeys should be greater than 0");
    if (static_cast<std::uint64_t>(*keys) > call.size() - 2) {
        return error("ERR Number of keys can't be greater than number of args");
    }
    std::int64_t limit = 0;
    for (std::size_t i = 2 + static_cast<std::size_t>(*keys); i < call.size(); i += 2) {
        if (!equal_ignoring_case(call[i], "limit") || i + 1 == call.size()) {
            return error(syntax_error);
        }
        const auto number = parse_integer(call[i + 1]);
        if (!number || *number < 0) return error("ERR LIMIT can't be negative");
        limit = *number;
    }
    return static_cast<std::size_t>(limit);
}

Reply handle_sintercard(Call& call)
{
    const auto parsed = parse_limit(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const std::size_t limit = std::get<std::size_t>(parsed);
    const WithLock store(call.context);
    const auto sources = open_sources(*store, call.keys());
    if (!sources) return error(wrong_type);
    return integer(intersect(*sources, limit == 0 ? SIZE_MAX : limit, [](const Set::Member&) {}));
}

}  // namespace

std::span<const Handler> set_algebra_handlers()
{
    static constexpr Handler table[] = {
        {"sinter", handle_sinter},
        {"sintercard", handle_sintercard},
        {"sinterstore", handle_sinterstore, members_of_sources, Makes::from_others},
        {"sunion", handle_sunion},
        {"sunionstore", handle_sunionstore, members_of_sources, Makes::from_others},
        {"sdiff", handle_sdiff},
        {"sdiffstore", handle_sdiffstore, members_of_sources, Makes::from_others},
    };
    return table;
}

}  // namespace kv::resp
