// execute.h: an operation carried out on the store.
#pragma once

#include "server/command/context.h"
#include "server/command/operation.h"
#include "server/command/reply.h"

namespace kv {

/// Carries `operation` out, as one step: no other client sees it half done. Takes what the
/// operation owns. Blocks for the store's lock only. Never throws for what a client did; when
/// memory runs out the reply says so and the store is as before.
[[nodiscard]] Reply execute(Operation& operation, const Context& context);

}  // namespace kv
