// stats.h: the numbers that `stats` reports, under memcached's names so that its tools work.
#pragma once

#include "server/command/context.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// One group. The general ones are those of protocol.txt, "General-purpose statistics", that mean
/// something here, in its order; the others are as memcached's `stats GROUP` names them.
[[nodiscard]] Statistics statistics(Stats::Group group, const Context& context);

/// Counts a request that has been carried out by the prefix of its key.
void count_prefix(PrefixCounts& counts, std::string_view key, const Operation& operation,
                  const Reply& reply);

/// `PREFIX <prefix> get <n> hit <n> set <n> del <n>` lines.
[[nodiscard]] std::string prefix_lines(const PrefixCounts& counts);

}  // namespace kv::memcached
