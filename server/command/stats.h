// stats.h: the numbers that `stats` reports, under memcached's names so that its tools work.
#pragma once

#include "server/command/context.h"
#include "server/command/reply.h"

namespace kv {

/// protocol.txt, "General-purpose statistics": those that mean something here, in its order.
[[nodiscard]] Statistics general_statistics(const Context& context);

}  // namespace kv
