// operation.h: what a request asks for, without a word of how it was written on the wire.
//
// Keys are views into the session's input: they die at its next read, long after the execution.
#pragma once

#include "server/command/expiry.h"
#include "server/store/draft.h"

#include <cstdint>
#include <string_view>
#include <variant>

namespace kv {

struct Get {
    std::string_view key;
};

/// Reads and gives a new expiry, in one step.
struct GetAndTouch {
    std::string_view key;
    Expiry expiry;
};

/// Stores the draft, if what is stored under its key already lets it.
struct Put {
    enum class Mode : std::uint8_t { set, add, replace, append, prepend, cas };
    Mode mode;
    Draft draft;
    Expiry expiry;
    std::uint64_t cas = 0;  ///< Mode::cas: store only if the item still has this number
};

struct Delete {
    std::string_view key;
};

/// On a value that is a decimal number of 64 bits: adding wraps around, subtracting stops at 0
/// (protocol.txt, "Increment/Decrement").
struct Arithmetic {
    std::string_view key;
    std::uint64_t delta;
    bool subtract;
};

struct Touch {
    std::string_view key;
    Expiry expiry;
};

/// Drops everything stored by then.
struct Flush {
    Expiry when;  ///< "forever" means now here: a flush without a delay
};

struct Version {};

/// How much is logged is for whoever started the server to say: answered, and left alone.
struct Verbosity {};

struct Stats {
    std::string_view group;  ///< empty for the general ones
};

/// A request that cannot be carried out: its answer is this text (static storage), in its turn.
struct Reject {
    std::string_view text;
};

/// Nothing to do and nothing to say; the request only ends the conversation, or is a comment on it.
struct Nothing {};

using Operation = std::variant<Get, GetAndTouch, Put, Delete, Arithmetic, Touch, Flush, Version,
                               Verbosity, Stats, Reject, Nothing>;

}  // namespace kv
