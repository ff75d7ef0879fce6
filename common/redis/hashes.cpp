// Hashes (redis.io/commands, "hash").
#include "common/redis/rows.h"

namespace kv::redis {

Group hash_group()
{
    static constexpr Row rows[] = {
        {"hset", "key field value [field value ...]", -4, stores | fast, one_key, 0, "2.0.0",
         "set fields"},
        {"hmset", "key field value [field value ...]", -4, stores | fast, one_key, 0, "2.0.0",
         "set fields, answering OK"},
        {"hsetnx", "key field value", 4, stores | fast, one_key, 0, "2.0.0",
         "set a field if it does not exist"},
        {"hget", "key field", 3, reads | fast, one_key, 0, "2.0.0", "get the value of a field"},
        {"hmget", "key field [field ...]", -3, reads | fast, one_key, 0, "2.0.0",
         "get the values of several fields"},
        {"hgetall", "key", 2, reads | any_order, one_key, 0, "2.0.0",
         "all fields and their values"},
        {"hkeys", "key", 2, reads | any_order, one_key, 0, "2.0.0", "all fields"},
        {"hvals", "key", 2, reads | any_order, one_key, 0, "2.0.0", "the values of all fields"},
        {"hlen", "key", 2, reads | fast, one_key, 0, "2.0.0", "the number of fields"},
        {"hstrlen", "key field", 3, reads | fast, one_key, 0, "3.2.0",
         "the length of a field's value in bytes"},
        {"hexists", "key field", 3, reads | fast, one_key, 0, "2.0.0", "whether a field exists"},
        {"hdel", "key field [field ...]", -3, writes | fast, one_key, 0, "2.0.0", "remove fields"},
        {"hincrby", "key field increment", 4, stores | fast, one_key, 0, "2.0.0",
         "add to the number in a field"},
        {"hincrbyfloat", "key field increment", 4, stores | fast, one_key, 0, "2.6.0",
         "add a fraction to the number in a field"},
        {"hrandfield", "key [count [WITHVALUES]]", -2, reads | varies, one_key, 0, "6.2.0",
         "fields chosen at random; a negative count may choose one again"},
        {"hscan", "key cursor [MATCH pattern] [COUNT count]", -3, reads | varies, one_key, 0,
         "2.8.0", "fields and their values, a page at a time"},
    };
    return {"hash", "hashes", "@hash", rows};
}

}  // namespace kv::redis
