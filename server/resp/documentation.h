// documentation.h: COMMAND DOCS: what a client's help and hints are made of.
#pragma once

#include "server/resp/command.h"

namespace kv::resp {

/// One command's entry: summary, since, group, arguments, subcommands. Summary and arguments come
/// from the table that kvcli has its help from, common/command_table.h.
[[nodiscard]] Reply documentation_of(const Command& command);

}  // namespace kv::resp
