// Commands that wait for an element, and what ends their wait.
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> blocking_handlers()
{
    static constexpr Handler table[] = {
        {"blpop", handle_not_yet},          {"brpop", handle_not_yet},
        {"blmpop", handle_not_yet},         {"blmove", handle_not_yet},
        {"brpoplpush", handle_not_yet},     {"bzpopmin", handle_not_yet},
        {"bzpopmax", handle_not_yet},       {"bzmpop", handle_not_yet},
        {"client|unblock", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
