// meta.h: the meta commands carried out on the store (protocol.txt, "Meta Commands").
#pragma once

#include "server/command/context.h"
#include "server/command/operation.h"
#include "server/command/reply.h"

namespace kv {

// As execute(), each for its operation.
[[nodiscard]] Reply run(const MetaGet& get, const Context& context);
[[nodiscard]] Reply run(const MetaDelete& del, const Context& context);
[[nodiscard]] Reply run(const MetaArithmetic& arithmetic, const Context& context);
[[nodiscard]] Reply run(const MetaDebug& debug, const Context& context);
[[nodiscard]] Reply run(const Walk& walk, const Context& context);

}  // namespace kv
