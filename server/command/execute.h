// execute.h: an operation carried out on the store.
#pragma once

#include "server/command/context.h"
#include "server/command/operation.h"
#include "server/command/reply.h"

namespace kv {

/// Carries `operation` out, GetMany excepted as one step: no other client sees it half done. Takes
/// what the operation owns. Blocks for the store's lock only. Never throws for what a client did;
/// when memory runs out the reply says so and the store is as before.
[[nodiscard]] Reply execute(Operation& operation, const Context& context);

/// The same for a dialect's request that is an operation with notes for its encoder.
template <class Request>
[[nodiscard]] auto execute(Request& request, const Context& context)
    -> decltype(execute(request.operation, context))
{
    return execute(request.operation, context);
}

}  // namespace kv
