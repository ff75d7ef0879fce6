// SORT (redis.io/commands/sort).
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> sort_handlers()
{
    static constexpr Handler table[] = {
        {"sort", handle_not_yet},
        {"sort_ro", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
