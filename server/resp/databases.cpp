// Databases beside the first: SELECT is in connection.cpp.
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> database_handlers()
{
    static constexpr Handler table[] = {
        {"move", handle_not_yet},
        {"swapdb", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
