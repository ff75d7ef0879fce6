// Keys, whatever their values are (redis.io/commands, "generic").
#include "common/redis/rows.h"

namespace kv::redis {

Group generic_group()
{
    static constexpr Row rows[] = {
        {"del", "key [key ...]", -2, writes, all_keys, 0, "1.0.0", "remove keys"},
        {"unlink", "key [key ...]", -2, writes | fast, all_keys, 0, "4.0.0",
         "remove keys, freeing the memory later"},
        {"delete", "key [key ...]", -2, writes, all_keys, 0, "1.0.0", "remove keys (kvserver)"},
        {"exists", "key [key ...]", -2, reads | fast, all_keys, 0, "1.0.0",
         "count the keys that exist"},
        {"touch", "key [key ...]", -2, reads | fast, all_keys, 0, "3.2.1", "mark keys as used"},
        {"type", "key", 2, reads | fast, one_key, 0, "1.0.0", "the type of a value"},
        {"rename", "key newkey", 3, writes | copies, two_keys, 0, "1.0.0", "rename a key"},
        {"renamenx", "key newkey", 3, writes | fast | copies, two_keys, 0, "1.0.0",
         "rename a key unless the new name is taken"},
        {"copy", "key newkey [DB number] [REPLACE]", -3, stores, two_keys, 0, "6.2.0",
         "copy a value to another key"},
        {"move", "key db", 3, writes | fast | copies, one_key, 0, "1.0.0",
         "move a key to another database"},
        {"sort",
         "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC|DESC] [ALPHA] "
         "[STORE destination]",
         -2, stores | movable_keys, key_and_those_of_options, 0, "1.0.0",
         "the elements of a list, set or sorted set in order", "@set @sortedset @list @dangerous"},
        {"sort_ro",
         "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC|DESC] [ALPHA]",
         -2, reads | movable_keys, one_key, 0, "7.0.0", "SORT without STORE",
         "@set @sortedset @list @dangerous"},
        {"keys", "pattern", 2, reads | any_order, no_key, 0, "1.0.0",
         "all keys that match: slow, prefer SCAN", "@keyspace @dangerous"},
        {"scan", "cursor [MATCH pattern] [COUNT number] [TYPE type]", -2, reads | varies, no_key, 0,
         "2.8.0", "keys, a page at a time"},
        {"randomkey", "", 1, reads | varies, no_key, 0, "1.0.0", "a key chosen at random"},
        {"expire", "key seconds [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "1.0.0",
         "set an expiry in seconds"},
        {"pexpire", "key milliseconds [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "2.6.0",
         "set an expiry in milliseconds"},
        {"expireat", "key unix-time [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "1.2.0",
         "set an expiry as a Unix time"},
        {"pexpireat", "key unix-time-ms [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0,
         "2.6.0", "set an expiry as a Unix time in milliseconds"},
        {"ttl", "key", 2, reads | fast | varies, one_key, 0, "1.0.0",
         "seconds until a key expires; -1: never, -2: no such key"},
        {"pttl", "key", 2, reads | fast | varies, one_key, 0, "2.6.0",
         "milliseconds until a key expires"},
        {"expiretime", "key", 2, reads | fast, one_key, 0, "7.0.0",
         "when a key expires, as a Unix time"},
        {"pexpiretime", "key", 2, reads | fast, one_key, 0, "7.0.0",
         "when a key expires, as a Unix time in milliseconds"},
        {"persist", "key", 2, writes | fast, one_key, 0, "2.2.0", "remove the expiry"},
        {"object", "subcommand [argument ...]", -2, has_subcommands, no_key, 0, "2.2.3",
         "ENCODING, IDLETIME, REFCOUNT, FREQ"},
        {"object|encoding", "key", 3, reads | varies, subcommands_key, 0, "2.2.3",
         "how a value is stored"},
        {"object|freq", "key", 3, reads | varies, subcommands_key, 0, "4.0.0",
         "how often a value was used"},
        {"object|idletime", "key", 3, reads | varies, subcommands_key, 0, "2.2.3",
         "seconds since a value was used"},
        {"object|refcount", "key", 3, reads | varies, subcommands_key, 0, "2.2.3",
         "the number of references to a value"},
        {"object|help", "", 2, 0, no_key, 0, "6.2.0", "the subcommands of OBJECT"},
    };
    return {"generic", "keys", "@keyspace", rows};
}

}  // namespace kv::redis
