// meta.h: the meta commands carried out on the store (protocol.txt, "Meta Commands").
#pragma once

#include "server/command/context.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

// As execute(), each for its operation.
[[nodiscard]] Reply run(const MetaGet& request, const HashedKey& key, const Context& context);
[[nodiscard]] Reply run(const MetaDelete& request, const HashedKey& key, const Context& context);
[[nodiscard]] Reply run(const MetaArithmetic& request, const HashedKey& key,
                        const Context& context);
[[nodiscard]] Reply run(const MetaDebug& request, const HashedKey& key, const Context& context);
[[nodiscard]] Reply run(const Walk& request, const HashedKey& key, const Context& context);

}  // namespace kv::memcached
