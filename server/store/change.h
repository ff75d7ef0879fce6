// change.h: what happened to a stored item, for those who must know of every change.
//
// The verb that changes an item notes it; when the transaction commits, the listeners are handed
// all of its changes in order, still under the store's lock. Nothing changes an item any other way.
#pragma once

#include "server/store/space.h"

#include <span>

namespace kv {

struct Change {
    enum class Kind : std::uint8_t {
        stored,      ///< `item` is new, or has replaced another
        dropped,     ///< erased or expired: `item` is no longer stored
        evicted,     ///< the same, for want of room
        expires,     ///< `item` has another expiry
        renumbered,  ///< `item` has another cas number
        marked,      ///< `item` has other marks
        edited,      ///< `item` is a collection, and has other elements
        flushed,     ///< all of `space` is no longer stored
        swapped,     ///< `space` has the items of another, and that one its
    };
    Kind kind;
    std::uint64_t version;  ///< the store's own: grows with each change, no client chooses it
    Space* space;           ///< where it happened
    ItemPtr item;           ///< null when flushed or swapped
};

class ChangeListener {
public:
    virtual ~ChangeListener() = default;

    /// A transaction's changes, in the thread that made them and under the store's lock: to be
    /// brief, without I/O and without the store.
    virtual void changed(std::span<const Change> changes) noexcept = 0;
};

}  // namespace kv
