// transport.h: the three operations that a stream needs of what carries its bytes.
//
// The server's and the client's transport is a socket; a test's is a script.
#pragma once

#include "common/mailbox.h"
#include "common/wait.h"

#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

namespace kv {

/// A deadline passed while waiting for the peer.
struct TimedOut : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Transport {
public:
    virtual ~Transport() = default;

    /// Reads what is there, at most into.size() bytes, without sleeping. 0: the peer has finished
    /// sending. nullopt: nothing has arrived. Throws boost::system::system_error when the
    /// connection is broken.
    [[nodiscard]] virtual std::optional<std::size_t> try_read(std::span<char> into) = 0;

    /// Writes as much of `head`, then of `tail`, as the peer has room for, as one gathered write
    /// where the system lets it, without sleeping; they are not both empty. Returns how many bytes
    /// have been taken; 0: a write would block. Throws as try_read.
    [[nodiscard]] virtual std::size_t try_write(std::string_view head, std::string_view tail) = 0;

    /// Sleeps until there is something to read (or the end), or room to write, as `event` asks;
    /// until mail has come, or the deadline passes. `mailbox` may be null.
    [[nodiscard]] virtual Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) = 0;
};

}  // namespace kv
