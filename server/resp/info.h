// info.h: what INFO tells of the server.
#pragma once

#include "server/resp/command.h"

#include <string>

namespace kv::resp {

/// The sections named ("server", "memory" ..., in any case of letters), or the usual ones when none
/// is: a title and lines of "name:value" each, under Redis' names so that its tools work.
[[nodiscard]] std::string describe_server(Call& call);

}  // namespace kv::resp
