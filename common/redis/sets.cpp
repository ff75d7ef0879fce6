// Sets (redis.io/commands, "set").
#include "common/redis/rows.h"

namespace kv::redis {

Group set_group()
{
    static constexpr Row rows[] = {
        {"sadd", "key member [member ...]", -3, stores | fast, one_key, 0, "1.0.0", "add members"},
        {"srem", "key member [member ...]", -3, writes | fast, one_key, 0, "1.0.0",
         "remove members"},
        {"smove", "source destination member", 4, writes | fast | copies, two_keys, 0, "1.0.0",
         "move a member from one set to another"},
        {"spop", "key [count]", -2, writes | fast | varies, one_key, 0, "1.0.0",
         "take members chosen at random"},
        {"srandmember", "key [count]", -2, reads | varies, one_key, 0, "1.0.0",
         "members chosen at random; a negative count may choose one again"},
        {"smembers", "key", 2, reads | any_order, one_key, 0, "1.0.0", "all members"},
        {"sismember", "key member", 3, reads | fast, one_key, 0, "1.0.0",
         "whether a set has a member"},
        {"smismember", "key member [member ...]", -3, reads | fast, one_key, 0, "6.2.0",
         "whether a set has each of several members"},
        {"scard", "key", 2, reads | fast, one_key, 0, "1.0.0", "the number of members"},
        {"sscan", "key cursor [MATCH pattern] [COUNT count]", -3, reads | varies, one_key, 0,
         "2.8.0", "members, a page at a time"},
        {"sinter", "key [key ...]", -2, reads | any_order, all_keys, 0, "1.0.0",
         "the members that all have"},
        {"sintercard", "numkeys key [key ...] [LIMIT limit]", -3, reads | movable_keys,
         counted_keys(1), 0, "7.0.0", "the number of members that all have"},
        {"sinterstore", "destination key [key ...]", -3, stores, all_keys, 0, "1.0.0",
         "store the members that all have"},
        {"sunion", "key [key ...]", -2, reads | any_order, all_keys, 0, "1.0.0",
         "the members that any has"},
        {"sunionstore", "destination key [key ...]", -3, stores, all_keys, 0, "1.0.0",
         "store the members that any has"},
        {"sdiff", "key [key ...]", -2, reads | any_order, all_keys, 0, "1.0.0",
         "the members that only the first has"},
        {"sdiffstore", "destination key [key ...]", -3, stores, all_keys, 0, "1.0.0",
         "store the members that only the first has"},
    };
    return {"set", "sets", "@set", rows};
}

}  // namespace kv::redis
