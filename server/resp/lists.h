// lists.h: what the commands of lists have in common with those that wait for an element.
#pragma once

#include "server/resp/elements.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace kv::resp {

/// References to elements of a list, in their order, which are counted as held; nullopt: there is
/// no room for them.
[[nodiscard]] std::optional<std::vector<BytesPtr>> refer_to(const Call& call, const List& list,
                                                            Places places);

/// LEFT or RIGHT; nullopt: neither.
[[nodiscard]] std::optional<End> parse_end(std::string_view word);

/// What LMPOP and BLMPOP say behind their keys.
struct PopOptions {
    End end = End::front;
    std::size_t count = 1;
};

/// Reads "numkeys key [key ...] LEFT|RIGHT [COUNT count]", which begins at argument `place`.
[[nodiscard]] std::variant<PopOptions, Error> parse_pop(const Call& call, std::size_t place);

/// Elements that are taken off an end of a list, those nearest to it first.
struct Popped {
    std::string_view key;
    std::vector<BytesPtr> elements;
};

/// Takes elements off the first of `keys` that has a list: as many as `options` say, or all; they
/// are counted as held. Returns what answer(popped) does, or an error; nullopt: no key has a list.
/// Under the store's lock; needs no room. Throws std::bad_alloc with nothing changed.
[[nodiscard]] std::optional<Reply> pop_from(const Call& call, Transaction& store,
                                            std::span<const HashedKey> keys,
                                            const PopOptions& options, Reply (*answer)(Popped));

/// LMPOP's answer: the key, and the elements.
[[nodiscard]] Reply with_key(Popped popped);

/// From an end of one list to an end of another, or of the same.
struct Move {
    HashedKey source;
    HashedKey destination;
    End from;
    End to;
};

/// Moves an element, and answers it: LMOVE and BLMOVE. nullopt: the source has no list. Under the
/// store's lock, with room_for(call, {}) provided. Throws std::bad_alloc with nothing changed.
[[nodiscard]] std::optional<Reply> move_element(const Call& call, Transaction& store,
                                                const Move& move);

}  // namespace kv::resp
