// waiting.h: how a session sleeps until a key has what its client waits for.
//
//   KeyWaiter waiter(context, ...);
//   {
//       const WithLock store(context);
//       if (...) return ...;                        // it is there already
//       store->enqueue(waiter, keys);               // under the same lock: nothing comes between
//   }
//   switch (wait(context, waiter, deadline)) ...
#pragma once

#include "common/buffered_stream.h"
#include "server/command/execute.h"

namespace kv {

/// Sleeps in a stream of the session.
class StreamSleeper final : public Sleeper {
public:
    /// `stream` outlives this.
    explicit StreamSleeper(BufferedStream& stream) : stream_(stream) {}
    [[nodiscard]] Wakeup sleep(Deadline deadline) override { return stream_.sleep(deadline); }

private:
    BufferedStream& stream_;
};

/// Whether the client can wait at all: not inside EXEC, where it is answered at once.
[[nodiscard]] inline bool can_wait(const Context& context)
{
    return context.inside == nullptr && context.sleeper != nullptr;
}

/// To call before the client's waiter is made. Throws boost::system::system_error when no wake
/// descriptor is left.
void prepare_to_wait(const Context& context);

enum class WaitEnded {
    served,
    timed_out,
    unblocked,  ///< by another client, as if the time were over
    refused,    ///< likewise, with an error
    closed,     ///< the client has gone, or has to: nothing is to be answered
};

/// Sleeps, without the lock, until the waiter, which is queued, has been served or unblocked, or
/// until `deadline`, or the client closes or is disconnected, or the server stops. Then it is in no
/// queue. Throws as BufferedStream::sleep, with the waiter in no queue.
[[nodiscard]] WaitEnded wait(const Context& context, Waiter& waiter, Deadline deadline);

}  // namespace kv
