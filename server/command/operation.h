// operation.h: requests that several dialects have in common, without a word of how they were
// written on the wire. What only one protocol has belongs to that protocol's room.
//
// Keys are views into the session's input, or into its dialect: valid until the next request is
// read, which is after the execution.
#pragma once

#include "server/store/draft.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kv {

struct Get {
    std::string_view key;
    bool nested = false;  ///< the protocol can represent a nested value; else that is a miss
};

/// Reads them, with others let in now and then when they are many.
struct GetMany {
    std::vector<std::string> keys;
};

/// Stores the draft, for ever, whatever its key had.
struct Put {
    Draft draft;
};

/// Stores them all in one step; of those under the same key the last.
struct PutMany {
    std::vector<Draft> drafts;
};

struct Delete {
    std::string_view key;
};

/// Drops everything, and tells how much that was.
struct Clear {};

/// A request that cannot be carried out: its answer is this text (static storage), in its turn.
struct Reject {
    std::string_view text;
};

/// Nothing to do and nothing to say.
struct NoOp {};

using Operation = std::variant<Get, GetMany, Put, PutMany, Delete, Clear, Reject, NoOp>;

}  // namespace kv
