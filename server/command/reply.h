// reply.h: what became of an operation, without a word of how it will be written on the wire.
#pragma once

#include "server/store/item.h"

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <variant>
#include <vector>

namespace kv {

struct Stored {};
struct Deleted {};
struct NotFound {};     ///< also a miss
struct OutOfMemory {};  ///< the memory limit has no room; nothing has changed
struct NoReply {};

/// A hit. Keeps the item alive until the reply is written, whatever happens to the key meanwhile.
struct Found {
    ItemPtr item;
    std::uint64_t cas;  ///< as it was under the lock; the item's own may change
};

/// What was found of several, in the order of the keys; null where there was nothing.
struct FoundMany {
    std::vector<ItemPtr> items;
};

struct Number {
    std::uint64_t value;
};

/// The text of the Reject that it answers.
struct Refusal {
    std::string_view text;
};

using Reply = std::variant<Stored, Deleted, NotFound, OutOfMemory, NoReply, Found, FoundMany,
                           Number, Refusal>;

/// A dialect was given a reply that its protocol cannot say: a mistake of ours. The session logs it
/// and closes the connection, since a client that waits for an answer in silence waits for ever.
struct UnwritableReply : std::logic_error {
    UnwritableReply() : std::logic_error("a reply that this protocol has no words for") {}
};

}  // namespace kv
