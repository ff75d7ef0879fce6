// Sets (redis.io/commands, "set").
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> set_handlers()
{
    static constexpr Handler table[] = {
        {"sadd", handle_not_yet},        {"srem", handle_not_yet},
        {"smove", handle_not_yet},       {"spop", handle_not_yet},
        {"srandmember", handle_not_yet}, {"smembers", handle_not_yet},
        {"sismember", handle_not_yet},   {"smismember", handle_not_yet},
        {"scard", handle_not_yet},       {"sscan", handle_not_yet},
        {"sinter", handle_not_yet},      {"sintercard", handle_not_yet},
        {"sinterstore", handle_not_yet}, {"sunion", handle_not_yet},
        {"sunionstore", handle_not_yet}, {"sdiff", handle_not_yet},
        {"sdiffstore", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
