// wait.h: the one place where a thread of ours waits for a descriptor.
//
// Socket timeouts (SO_RCVTIMEO) have no effect on Asio's synchronous calls: on EAGAIN they poll
// without limit. So sockets are non-blocking underneath, and a thread that finds nothing to read
// waits here, for the socket, mail from another thread and the deadline together.
#pragma once

#include <chrono>

namespace kv {

using Deadline = std::chrono::steady_clock::time_point;

/// A deadline that never comes.
constexpr Deadline no_deadline = Deadline::max();

/// The moment `timeout` from now; zero means never, as on the command line.
[[nodiscard]] Deadline deadline_after(std::chrono::milliseconds timeout);

enum class Event { readable, writable, either };
enum class Wakeup { readable, writable, mail, timed_out };

/// Blocks until `descriptor` is ready for `event` (an error or a hang-up counts as ready: the next
/// read or write tells which), until `mail_descriptor` is readable (-1: none), or until `deadline`.
/// A descriptor that is ready for either wakes as writable. Interrupted calls are resumed. Throws
/// boost::system::system_error when poll(2) itself fails.
[[nodiscard]] Wakeup wait_for(int descriptor, Event event, int mail_descriptor, Deadline deadline);

}  // namespace kv
