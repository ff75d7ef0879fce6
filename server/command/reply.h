// reply.h: what became of an operation, without a word of how it will be written on the wire.
#pragma once

#include "server/store/item.h"
#include "server/store/table.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kv {

enum class Outcome : std::uint8_t {
    stored,
    not_stored,
    exists,     ///< cas: somebody has changed the item since
    not_found,  ///< also a miss
    deleted,
    touched,
    done,
    not_a_number,   ///< the stored value is none, so it cannot be counted up or down
    out_of_memory,  ///< the memory limit has no room; nothing has changed
    too_large,      ///< the value would pass what an item may have; nothing has changed
    not_allowed,    ///< whoever started the server has not permitted it
    reset,          ///< the counters are zero
    nothing,        ///< there is nothing to answer
};

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

/// All that is known of an item, as it was under the lock.
struct ItemState {
    ItemPtr item;
    std::uint64_t cas = 0;
    UnixMillis now{0};
    UnixMillis expires_before = never;  ///< before this operation
    UnixMillis touched = never;         ///< the expiry it was given by a touch
    UnixMillis vivified = never;        ///< the expiry it was made with, if it was
    bool created = false;               ///< there was none, and this operation made it
    std::uint32_t last_access = 0;      ///< before this operation; Unix time in seconds
    bool fetched = false;               ///< before this operation
    Marks marks;                        ///< before this operation
    bool won = false;                   ///< this client is the one to make a new value
    std::uint64_t number = 0;           ///< of arithmetic, the result
};

/// A storage request that was carried out, or why it was not; with the cas number of what is
/// stored.
struct PutResult {
    Outcome outcome;
    std::uint64_t cas = 0;
};

struct WalkStep {
    std::vector<ItemState> items;
    Table::Cursor next;
    bool more = false;
};

/// The text of the Reject that it answers.
struct Refusal {
    std::string_view text;
};

struct Statistics {
    std::vector<std::pair<std::string, std::string>> rows;
};

/// What a memcached client is told when it asks for the version.
struct VersionText {
    std::string_view text;
};

using Reply = std::variant<Outcome, Found, FoundMany, Number, PutResult, ItemState, WalkStep,
                           Refusal, Statistics, VersionText>;

}  // namespace kv
