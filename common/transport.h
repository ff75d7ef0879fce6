// transport.h: the three verbs a stream needs from whatever carries its bytes.
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

    /// Sleeps until there is something to read (or the end), mail has come, or the deadline passes.
    /// `mailbox` may be null.
    [[nodiscard]] virtual Wakeup wait_readable(const Mailbox* mailbox, Deadline deadline) = 0;

    /// Writes `head`, then `tail`, whole, as one gathered write where the system lets it. Blocks
    /// while the peer does not read, for `timeout` at most (zero: for ever) from the first time it
    /// has to wait. Throws TimedOut then, system_error when the connection is broken.
    virtual void write_all(std::string_view head, std::string_view tail,
                           std::chrono::milliseconds timeout) = 0;
};

}  // namespace kv
