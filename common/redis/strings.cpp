// Strings (redis.io/commands, "string").
#include "common/redis/rows.h"

namespace kv::redis {

Group string_group()
{
    static constexpr Row rows[] = {
        {"get", "key", 2, reads | fast, one_key, 0, "1.0.0", "get the value of a key"},
        {"set",
         "key value [EX seconds] [PX milliseconds] [EXAT unix-time] [PXAT unix-time-ms] [NX] [XX] "
         "[GET] [KEEPTTL]",
         -3, stores, one_key, 2, "1.0.0", "store a value"},
        {"setnx", "key value", 3, stores | fast, one_key, 2, "1.0.0",
         "store a value if the key does not exist"},
        {"setex", "key seconds value", 4, stores, one_key, 3, "2.0.0",
         "store a value that expires after so many seconds"},
        {"psetex", "key milliseconds value", 4, stores, one_key, 3, "2.6.0",
         "store a value that expires after so many milliseconds"},
        {"getset", "key value", 3, stores | fast, one_key, 2, "1.0.0",
         "store a value and get the one before"},
        {"getdel", "key", 2, writes | fast, one_key, 0, "6.2.0", "get a value and remove its key"},
        {"getex",
         "key [EX seconds] [PX milliseconds] [EXAT unix-time] [PXAT unix-time-ms] [PERSIST]", -2,
         writes | fast, one_key, 0, "6.2.0", "get a value and change its expiry"},
        {"mget", "key [key ...]", -2, reads | fast, all_keys, 0, "1.0.0",
         "get the values of several keys"},
        {"mset", "key value [key value ...]", -3, stores, pairs, 2, "1.0.1",
         "store several values, at most 65,536"},
        {"msetnx", "key value [key value ...]", -3, stores, pairs, 2, "1.0.1",
         "store several values, at most 65,536, if none of the keys exists"},
        {"append", "key value", 3, stores | fast, one_key, 0, "2.0.0", "add to the end of a value"},
        {"strlen", "key", 2, reads | fast, one_key, 0, "2.2.0", "the length of a value in bytes"},
        {"getrange", "key start end", 4, reads, one_key, 0, "2.4.0", "get a part of a value"},
        {"substr", "key start end", 4, reads, one_key, 0, "1.0.0", "GETRANGE's first name"},
        {"setrange", "key offset value", 4, stores, one_key, 0, "2.2.0",
         "overwrite a part of a value"},
        {"incr", "key", 2, stores | fast, one_key, 0, "1.0.0", "add 1 to a number"},
        {"decr", "key", 2, stores | fast, one_key, 0, "1.0.0", "subtract 1 from a number"},
        {"incrby", "key delta", 3, stores | fast, one_key, 0, "1.0.0", "add to a number"},
        {"decrby", "key delta", 3, stores | fast, one_key, 0, "1.0.0", "subtract from a number"},
        {"lcs", "key key [LEN] [IDX] [MINMATCHLEN number] [WITHMATCHLEN]", -3, reads, two_keys, 0,
         "7.0.0", "the longest common subsequence of two values"},
        {"incrbyfloat", "key increment", 3, stores | fast, one_key, 0, "2.6.0",
         "add a fraction to a number"},
    };
    return {"string", "strings", "@string", rows};
}

}  // namespace kv::redis
