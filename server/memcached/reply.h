// reply.h: what became of a request, before anybody has said how it is written.
#pragma once

#include "server/command/execute.h"
#include "server/memcached/meta_flags.h"
#include "server/store/table.h"

#include <string>
#include <utility>

namespace kv::memcached {

enum class Outcome : std::uint8_t {
    stored,
    not_stored,
    exists,     ///< cas: somebody has changed the item since
    not_found,  ///< also a miss
    deleted,
    touched,
    ok,
    not_a_number,   ///< the stored value cannot be counted up or down
    too_large,      ///< more than one item may have
    out_of_memory,  ///< the memory limit has no room; of a set the old value has gone
    not_allowed,    ///< by the server's options
    reset,          ///< the counters are zero
    no_reply,
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
    bool unchanged = false;             ///< since the client saw it, as its cas number says
    bool won = false;                   ///< this client is the one to make a new value
    std::uint64_t number = 0;           ///< of arithmetic, the result
};

/// A storage request that was carried out, or why it was not; with the cas number of what
/// is stored, and the size of that or of what was to be.
struct PutResult {
    Outcome outcome;
    std::uint64_t cas = 0;
    std::size_t value_bytes = 0;
};

struct WalkStep {
    std::vector<ItemState> items;
    Table::Cursor next;
    bool more = false;
};

struct Statistics {
    std::vector<std::pair<std::string, std::string>> rows;
};

/// What is counted by prefix, as lines.
struct PrefixLines {
    std::string text;
};

/// What a client is told when it asks for the version.
struct VersionText {
    std::string_view text;
};

using Reply = std::variant<Outcome, Found, Number, PutResult, ItemState, WalkStep, Refusal,
                           Statistics, PrefixLines, VersionText>;

}  // namespace kv::memcached
