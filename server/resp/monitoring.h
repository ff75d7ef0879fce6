// monitoring.h: MONITOR, from both sides.
#pragma once

#include "server/resp/command.h"

namespace kv::resp {

/// Tells those who watch that `client` asks this; a branch when nobody does. To be called without
/// the store's lock: the line is made here.
void show_to_monitors(const Command& command, const Arguments& words, const Context& context);

}  // namespace kv::resp
