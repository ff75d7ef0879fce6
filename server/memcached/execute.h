// execute.h: a request of the memcached text protocol, carried out on the store.
#pragma once

#include "server/command/context.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// Carries `request` out, as one step: no other client sees it half done. Takes what the operation
/// owns. Blocks for the store's lock only. Never throws for what a client did; when memory runs out
/// the reply says so and the store is as before.
[[nodiscard]] Reply execute(Request& request, const Context& context);

/// The same for a request in binary.
[[nodiscard]] Reply execute(Operation& operation, const HashedKey& key, const Context& context);

}  // namespace kv::memcached
