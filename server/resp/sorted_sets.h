// sorted_sets.h: what the files of commands on sorted sets share, and the pop that blocking
// commands are made of too.
#pragma once

#include "server/resp/elements.h"
#include "server/resp/protocol.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kv::resp {

/// How members of the sorted set under a key are answered, in the order in which they were.
using AnswerOfMembers = Reply (*)(std::string_view key,
                                  const std::vector<SortedSet::Ranked>& members);

/// Takes up to `count` members with the lowest scores (front), or the highest, out of the first
/// sorted set there is under `keys`; the members are counted (see hold). Keys behind that one are
/// not looked at. Returns what `answer` does, or an error; nullopt: no key has a sorted set. Throws
/// std::bad_alloc with nothing changed.
[[nodiscard]] std::optional<Reply> pop_members(const Call& call, Transaction& store,
                                               std::span<const HashedKey> keys, End end,
                                               std::size_t count, AnswerOfMembers answer);

/// What ZMPOP and BZMPOP answer: the key, and pairs of a member and its score.
[[nodiscard]] Reply pairs_of_key(std::string_view key,
                                 const std::vector<SortedSet::Ranked>& members);

/// What stands behind ZMPOP's and BZMPOP's count of keys, which is argument `number`:
/// key [key ...] MIN|MAX [COUNT count]
struct ScoredPop {
    End end = End::front;
    std::size_t count = 1;
};
[[nodiscard]] std::variant<ScoredPop, Error> parse_scored_pop(const Call& call, std::size_t number);

/// Answers a command that reads the sorted set under the call's first key: with `missing` if there
/// is none, else with what read(set) answers under the lock.
template <class Read>
[[nodiscard]] Reply read_sorted_set(Call& call, Reply missing, Read read)
{
    const WithLock store(call.context);
    const Opened<SortedSet> set(*store, call.key());
    count(store->counters().get, set || set.is_wrong_type());
    if (set.is_wrong_type()) return error(wrong_type);
    if (!set) return missing;
    return read(*set);
}

/// Members from rank `first` on, or backwards from there, each counted. nullopt: there is no room
/// for them in a reply. REQUIRES: so many are there.
[[nodiscard]] std::optional<std::vector<SortedSet::Ranked>> take_members(
    const Call& call, const SortedSet& set, std::size_t first, std::size_t count, bool backwards);

/// Takes these members out of their set. Throws std::bad_alloc with nothing changed.
void remove_members(const Call& call, Opened<SortedSet>& set,
                    std::span<const SortedSet::Ranked> members);

/// The members as an answer, with their scores or without.
[[nodiscard]] Reply reply_of(std::vector<SortedSet::Ranked> members, bool with_scores);

/// Stores the members under a key in the place of what that had, or nothing if there are none;
/// answers how many. No row found before may be used after it.
[[nodiscard]] Reply store_members(Transaction& store, const HashedKey& key,
                                  std::span<const SortedSet::Member> members);

/// How much a call may need that stores what it makes of the members under its other keys: see
/// Makes::from_others.
[[nodiscard]] std::size_t members_of_others(const Call& call, std::size_t present);

}  // namespace kv::resp
