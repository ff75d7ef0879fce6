// Strings (redis.io/commands, "string").
#include "common/redis/rows.h"

namespace kv::redis {

Group string_group()
{
    static constexpr Row rows[] = {
        {"get", "key", 2, reads | fast, one_key, 0, "1.0.0", "the value of a key"},
        {"set",
         "key value [EX seconds] [PX milliseconds] [EXAT unix-time] [PXAT unix-time-ms] [NX] [XX] "
         "[GET] [KEEPTTL]",
         -3, stores, one_key, 2, "1.0.0", "store"},
        {"setnx", "key value", 3, stores | fast, one_key, 2, "1.0.0",
         "store if the key is not there"},
        {"setex", "key seconds value", 4, stores, one_key, 3, "2.0.0", "store with an expiry"},
        {"psetex", "key milliseconds value", 4, stores, one_key, 3, "2.6.0",
         "store with an expiry in milliseconds"},
        {"getset", "key value", 3, stores | fast, one_key, 2, "1.0.0",
         "store, and the value before"},
        {"getdel", "key", 2, writes | fast, one_key, 0, "6.2.0", "a value, and remove it"},
        {"getex",
         "key [EX seconds] [PX milliseconds] [EXAT unix-time] [PXAT unix-time-ms] [PERSIST]", -2,
         writes | fast, one_key, 0, "6.2.0", "a value, and a new expiry"},
        {"mget", "key [key ...]", -2, reads | fast, all_keys, 0, "1.0.0",
         "the values of several keys"},
        {"mset", "key value [key value ...]", -3, stores, pairs, 2, "1.0.1", "store several"},
        {"msetnx", "key value [key value ...]", -3, stores, pairs, 2, "1.0.1",
         "store several if none is there"},
        {"append", "key value", 3, stores | fast, one_key, 0, "2.0.0",
         "put behind the present value"},
        {"strlen", "key", 2, reads | fast, one_key, 0, "2.2.0", "how many bytes a value has"},
        {"getrange", "key start end", 4, reads, one_key, 0, "2.4.0", "a part of a value"},
        {"substr", "key start end", 4, reads, one_key, 0, "1.0.0",
         "GETRANGE, as it was called first"},
        {"setrange", "key offset value", 4, stores, one_key, 0, "2.2.0", "overwrite a part"},
        {"incr", "key", 2, stores | fast, one_key, 0, "1.0.0", "add 1"},
        {"decr", "key", 2, stores | fast, one_key, 0, "1.0.0", "subtract 1"},
        {"incrby", "key delta", 3, stores | fast, one_key, 0, "1.0.0", "add"},
        {"decrby", "key delta", 3, stores | fast, one_key, 0, "1.0.0", "subtract"},
        {"incrbyfloat", "key delta", 3, stores | fast, one_key, 0, "2.6.0", "add a fraction"},
    };
    return {"string", "strings", "@string", rows};
}

}  // namespace kv::redis
