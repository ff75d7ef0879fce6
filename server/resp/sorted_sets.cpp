// Sorted sets (redis.io/commands, "sorted-set").
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> sorted_set_handlers()
{
    static constexpr Handler table[] = {
        {"zadd", handle_not_yet},
        {"zincrby", handle_not_yet},
        {"zrem", handle_not_yet},
        {"zcard", handle_not_yet},
        {"zscore", handle_not_yet},
        {"zmscore", handle_not_yet},
        {"zrank", handle_not_yet},
        {"zrevrank", handle_not_yet},
        {"zcount", handle_not_yet},
        {"zlexcount", handle_not_yet},
        {"zrange", handle_not_yet},
        {"zrangestore", handle_not_yet},
        {"zrangebyscore", handle_not_yet},
        {"zrangebylex", handle_not_yet},
        {"zrevrange", handle_not_yet},
        {"zrevrangebyscore", handle_not_yet},
        {"zrevrangebylex", handle_not_yet},
        {"zremrangebyrank", handle_not_yet},
        {"zremrangebyscore", handle_not_yet},
        {"zremrangebylex", handle_not_yet},
        {"zpopmin", handle_not_yet},
        {"zpopmax", handle_not_yet},
        {"zmpop", handle_not_yet},
        {"zrandmember", handle_not_yet},
        {"zscan", handle_not_yet},
        {"zinter", handle_not_yet},
        {"zintercard", handle_not_yet},
        {"zinterstore", handle_not_yet},
        {"zunion", handle_not_yet},
        {"zunionstore", handle_not_yet},
        {"zdiff", handle_not_yet},
        {"zdiffstore", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
