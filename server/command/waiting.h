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

#include "server/command/execute.h"

namespace kv {

/// Whether the client can wait at all: not inside EXEC, where it is answered at once.
[[nodiscard]] inline bool can_wait(const Context& context)
{
    return context.inside == nullptr && context.sleeper != nullptr;
}

/// To call before the client's waiter is made. Throws boost::system::system_error when no wake
/// descriptor is left.
void prepare_to_wait(const Context& context);

/// Sleeps, without the lock, until the waiter, which is queued, has been served or unblocked by
/// another client, or until `deadline`, or the client closes, or the server stops. Then it is in no
/// queue, and what has become of it is returned: apart when none of the first two has happened.
/// Throws as BufferedStream::sleep, with the waiter apart.
[[nodiscard]] Waiter::State wait(const Context& context, Waiter& waiter, Deadline deadline);

}  // namespace kv
