// Hashes (redis.io/commands, "hash").
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> hash_handlers()
{
    static constexpr Handler table[] = {
        {"hset", handle_not_yet},       {"hmset", handle_not_yet},
        {"hsetnx", handle_not_yet},     {"hget", handle_not_yet},
        {"hmget", handle_not_yet},      {"hgetall", handle_not_yet},
        {"hkeys", handle_not_yet},      {"hvals", handle_not_yet},
        {"hlen", handle_not_yet},       {"hstrlen", handle_not_yet},
        {"hexists", handle_not_yet},    {"hdel", handle_not_yet},
        {"hincrby", handle_not_yet},    {"hincrbyfloat", handle_not_yet},
        {"hrandfield", handle_not_yet}, {"hscan", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
