// operation.h: what a request asks for, without a word of how it was written on the wire.
//
// Keys are views into the session's input: they die at its next read, long after the execution.
#pragma once

#include "server/command/expiry.h"
#include "server/store/draft.h"
#include "server/store/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kv {

struct Get {
    std::string_view key;
    bool nested = false;  ///< a nested value will do; without this, one is not found
};

/// Reads them all in one step.
struct GetMany {
    std::vector<std::string> keys;
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
    std::optional<std::uint64_t> compare =
        {};  ///< store only if the item still has this cas number
    std::optional<std::uint64_t> new_cas = {};  ///< the number it is to get
    /// If `compare` is older than the item: store all the same, but as stale.
    bool invalidate = false;
    /// Append to nothing makes a new item with this expiry.
    std::optional<Expiry> vivify = {};
};

/// Stores them all in one step; of those under the same key the last.
struct PutMany {
    std::vector<Draft> drafts;
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

/// Drops everything, and tells how much that was.
struct Clear {};

struct Version {};

/// A setting of something that this server has not, or that is not for its clients to set:
/// answered as done, and left alone.
struct Acknowledge {};

struct Stats {
    enum class Group : std::uint8_t { general, settings, items, clients, none };
    Group group = Group::general;
};

/// Sets the counters to zero; what is stored and who is connected stays as it is.
struct ResetStats {};

struct SetMemoryLimit {
    std::uint64_t bytes;
};

/// Stops the server, if whoever started it allows that.
struct Shutdown {};

// The meta commands (protocol.txt, "Meta Commands") do in one step what takes several of the
// others.

/// Reads an item with all that is known of it; may make it, and may give this client the task to
/// renew it.
struct MetaGet {
    std::string_view key;
    bool keep_unused = false;       ///< does not count as a use of the item
    std::optional<Expiry> touch;    ///< give it this expiry
    bool touch_first = false;       ///< before vivify, and so of no effect on a new item
    bool recache_first = false;     ///< recache looks at the expiry before the touch
    std::optional<Expiry> vivify;   ///< on a miss, make an empty item with this expiry
    std::optional<Expiry> recache;  ///< if it expires before this, one client is to renew it
    bool binary_key = false;
};

/// Drops an item, or only marks it.
struct MetaDelete {
    std::string_view key;
    std::optional<std::uint64_t> compare;
    std::optional<std::uint64_t> new_cas;
    bool invalidate = false;      ///< mark it stale instead
    bool drop_value = false;      ///< keep the item, with an empty value
    std::optional<Expiry> touch;  ///< for an item that stays
};

struct MetaArithmetic {
    std::string_view key;
    std::uint64_t delta = 1;
    bool subtract = false;
    std::optional<std::uint64_t> compare;
    std::optional<std::uint64_t> new_cas;
    std::optional<Expiry> touch;
    bool touch_first = false;      ///< as in MetaGet
    std::optional<Expiry> vivify;  ///< on a miss, make an item of the initial number
    std::uint64_t initial = 0;
    bool binary_key = false;
};

/// Everything that is known of an item, for people.
struct MetaDebug {
    std::string_view key;
};

/// The next few rows of the table, from where the last such operation stopped.
struct Walk {
    Table::Cursor cursor;
};

/// Stops, frees or moves the clock, if that is a virtual one.
struct TurnClock {
    enum class How : std::uint8_t { pause, resume, move };
    How how;
    std::chrono::seconds by{0};  ///< of move
};

/// A request that cannot be carried out: its answer is this text (static storage), in its turn.
struct Reject {
    std::string_view text;
};

/// Nothing to do and nothing to say; the request only ends the conversation, or is a comment on it.
struct Nothing {};

using Operation =
    std::variant<Get, GetMany, GetAndTouch, Put, PutMany, Delete, Arithmetic, Touch, Flush, Clear,
                 Version, Acknowledge, Stats, ResetStats, SetMemoryLimit, Shutdown, TurnClock,
                 MetaGet, MetaDelete, MetaArithmetic, MetaDebug, Walk, Reject, Nothing>;

}  // namespace kv
