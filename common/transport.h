// transport.h: the three operations that a stream needs of what carries its bytes.
//
// The server's and the client's transport is a socket; a test's is a script.
#pragma once

#include "common/mailbox.h"

#include <chrono>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

namespace kv {

// The one place where a thread of ours waits for a descriptor.
//
// Socket timeouts (SO_RCVTIMEO) have no effect on Asio's synchronous calls: on EAGAIN they poll
// without limit. So sockets are non-blocking underneath, and a thread that finds nothing to read
// waits here, for the socket, mail from another thread and the deadline together.

using Deadline = std::chrono::steady_clock::time_point;

/// A deadline that never comes.
constexpr Deadline no_deadline = Deadline::max();

/// The moment `timeout` from now; zero means never, as on the command line.
[[nodiscard]] Deadline deadline_after(std::chrono::milliseconds timeout);

enum class Event { readable, writable, either, hang_up };
enum class Wakeup { readable, writable, mail, timed_out };

/// Blocks until `descriptor` is ready for `event` (an error or a hang-up counts as ready: the next
/// read or write tells which), until `mail_descriptor` is readable (-1: none), or until `deadline`.
/// A descriptor that is ready for either wakes as writable, a hang-up as readable: the peer has
/// finished sending, though bytes it sent before may be there. Interrupted calls are resumed.
/// Throws boost::system::system_error when poll(2) itself fails.
[[nodiscard]] Wakeup wait_for(int descriptor, Event event, int mail_descriptor, Deadline deadline);

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

    /// Sleeps until there is something to read (or the end), or room to write, or the end alone, as
    /// `event` asks; until mail has come, or the deadline passes. `mailbox` may be null.
    [[nodiscard]] virtual Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) = 0;
};

}  // namespace kv
