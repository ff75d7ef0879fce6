// elements.h: words on their way into a collection, and elements on their way into a reply.
//
//   auto room = room_for(call, call.words().subspan(2));    // before the lock
//   if (!room) return error(out_of_memory);
//   std::vector<BytesPtr> elements = ...                     // Bytes::make, element() below
//   const WithLock store(call.context);
//   store->provide(std::move(*room));
//   Opened<List> list(*store, call.key());                   // see server/store/edit.h
//   if (list.is_wrong_type()) return error(wrong_type);
//   for (...) list.apply(Push{End::back, element});
#pragma once

#include "server/resp/command.h"
#include "server/resp/protocol.h"
#include "server/store/edit.h"

#include <optional>

namespace kv::resp {

/// Sets memory aside for `words` as elements of a collection under the last of the call's keys, and
/// for the collection if it has to be made. nullopt: there is none. To be called before the lock is
/// taken. Inside EXEC it sets nothing aside: that has been done, if the handler's row in its table
/// says words_as_elements.
[[nodiscard]] std::optional<Charge> room_for(const Call& call, Words words);

/// A word as a name in a hash, a set or a sorted set. Hashes it, so not under the lock.
template <class Value>
[[nodiscard]] Entry<Value> member_of(const Call& call, std::string_view word, Value value)
{
    return {Bytes::make(word), call.context.store.hashed(word).hash, std::move(value)};
}

/// Words as names to look up. Not under the lock either.
[[nodiscard]] std::vector<HashedKey> hashed_words(const Call& call, Words words);

/// Counts an element that a reply refers to. false: there is no room for it, and the reply is to be
/// an error.
[[nodiscard]] inline bool hold(const Call& call, const BytesPtr& element)
{
    return call.hold(sizeof element + element->footprint());
}

/// Answers a command that reads the collection under the call's first key: with `missing` if there
/// is none, else with what read(collection) answers under the lock.
template <class C, class Read>
[[nodiscard]] Reply read_collection(const Call& call, Reply missing, Read read)
{
    const WithLock store(call.context);
    const Opened<C> opened(*store, call.key());
    count(store->counters().get, opened || opened.is_wrong_type());
    if (opened.is_wrong_type()) return error(wrong_type);
    if (!opened) return missing;
    return read(*opened);
}

/// Answers HDEL and SREM: removes what the words behind the key name; how many were there.
template <class C, class Remove>
[[nodiscard]] Reply remove_words(const Call& call)
{
    const std::vector<HashedKey> names = hashed_words(call, call.words().subspan(2));
    const WithLock store(call.context);
    Opened<C> opened(*store, call.key());
    if (opened.is_wrong_type()) return error(wrong_type);
    const std::size_t before = opened.size();
    opened.prepare(names.size());
    for (const HashedKey& name : names) {
        if (opened && opened->find(name) != nullptr) opened.apply(Remove{name});
    }
    return integer(before - opened.size());
}

/// The places from `start` to `end` in a list of `size`, as LRANGE, LTRIM and ZRANGE count them:
/// from 0, and from the end when negative.
struct Places {
    std::size_t first = 0;
    std::size_t count = 0;
};
[[nodiscard]] Places places(std::int64_t start, std::int64_t end, std::size_t size);

}  // namespace kv::resp
