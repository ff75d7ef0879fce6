// Lists (redis.io/commands, "list").
#include "server/resp/command.h"

namespace kv::resp {

std::span<const Handler> list_handlers()
{
    static constexpr Handler table[] = {
        {"lpush", handle_not_yet},  {"rpush", handle_not_yet},  {"lpushx", handle_not_yet},
        {"rpushx", handle_not_yet}, {"lpop", handle_not_yet},   {"rpop", handle_not_yet},
        {"lmpop", handle_not_yet},  {"lmove", handle_not_yet},  {"rpoplpush", handle_not_yet},
        {"llen", handle_not_yet},   {"lrange", handle_not_yet}, {"lindex", handle_not_yet},
        {"lpos", handle_not_yet},   {"lset", handle_not_yet},   {"linsert", handle_not_yet},
        {"lrem", handle_not_yet},   {"ltrim", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
