// state.h: what a Redis client has told its session: version, transaction, watched keys.
#pragma once

#include "server/resp/arguments.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kv::resp {

struct Command;

/// A command between MULTI and EXEC.
struct Queued {
    const Command* command;
    Arguments arguments;
};

/// A key and the cas number it had when it was first watched; 0: there was no such key.
struct Watched {
    std::string key;
    std::uint64_t cas;
};

/// Used by one session's thread.
struct State {
    std::size_t max_item_bytes;  ///< the largest value
    int version = 2;             ///< of the protocol
    bool in_multi = false;
    bool multi_failed = false;  ///< a command could not be queued: EXEC will refuse
    std::vector<Queued> queue{};
    std::vector<Watched> watched{};

    /// As if the client had just connected.
    void reset()
    {
        version = 2;
        end_transaction();
    }

    void end_transaction()
    {
        in_multi = false;
        multi_failed = false;
        queue.clear();
        watched.clear();
    }
};

}  // namespace kv::resp
