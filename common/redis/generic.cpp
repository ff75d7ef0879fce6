// Keys, whatever their values are (redis.io/commands, "generic").
#include "common/redis/rows.h"

namespace kv::redis {

Group generic_group()
{
    static constexpr Row rows[] = {
        {"del", "key [key ...]", -2, writes, all_keys, 0, "1.0.0", "remove"},
        {"unlink", "key [key ...]", -2, writes | fast, all_keys, 0, "4.0.0",
         "remove, freeing the memory later"},
        {"delete", "key [key ...]", -2, writes, all_keys, 0, "1.0.0", "remove (kvserver)"},
        {"exists", "key [key ...]", -2, reads | fast, all_keys, 0, "1.0.0",
         "how many of these keys there are"},
        {"touch", "key [key ...]", -2, reads | fast, all_keys, 0, "3.2.1", "mark as used"},
        {"type", "key", 2, reads | fast, one_key, 0, "1.0.0", "what kind of value a key has"},
        {"rename", "key newkey", 3, writes, two_keys, 0, "1.0.0", "give another name"},
        {"renamenx", "key newkey", 3, writes | fast, two_keys, 0, "1.0.0",
         "give another name, unless taken"},
        {"copy", "key newkey [DB number] [REPLACE]", -3, stores, two_keys, 0, "6.2.0", "copy"},
        {"keys", "pattern", 2, reads, no_key, 0, "1.0.0", "all keys that match: slow, prefer SCAN"},
        {"scan", "cursor [MATCH pattern] [COUNT number] [TYPE type]", -2, reads, no_key, 0, "2.8.0",
         "keys, a page at a time"},
        {"randomkey", "", 1, reads, no_key, 0, "1.0.0", "some key"},
        {"expire", "key seconds [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "1.0.0",
         "expire after"},
        {"pexpire", "key milliseconds [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "2.6.0",
         "expire after"},
        {"expireat", "key unix-time [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0, "1.2.0",
         "expire at"},
        {"pexpireat", "key unix-time-ms [NX] [XX] [GT] [LT]", -3, writes | fast, one_key, 0,
         "2.6.0", "expire at"},
        {"ttl", "key", 2, reads | fast, one_key, 0, "1.0.0",
         "seconds left; -1 no expiry, -2 no key"},
        {"pttl", "key", 2, reads | fast, one_key, 0, "2.6.0", "milliseconds left"},
        {"expiretime", "key", 2, reads | fast, one_key, 0, "7.0.0",
         "when it expires, as a Unix time"},
        {"pexpiretime", "key", 2, reads | fast, one_key, 0, "7.0.0",
         "when it expires, in milliseconds"},
        {"persist", "key", 2, writes | fast, one_key, 0, "2.2.0", "take the expiry away"},
        {"object", "subcommand [argument ...]", -2, has_subcommands, no_key, 0, "2.2.3",
         "ENCODING, IDLETIME, REFCOUNT, FREQ"},
        {"object|encoding", "key", 3, reads, subcommands_key, 0, "2.2.3", "how a value is kept"},
        {"object|freq", "key", 3, reads, subcommands_key, 0, "4.0.0", "how often it was used"},
        {"object|idletime", "key", 3, reads, subcommands_key, 0, "2.2.3",
         "seconds since it was used"},
        {"object|refcount", "key", 3, reads, subcommands_key, 0, "2.2.3",
         "how many hold the value"},
        {"object|help", "", 2, 0, no_key, 0, "6.2.0", "the subcommands of OBJECT"},
    };
    return {"generic", "keys", "@keyspace", rows};
}

}  // namespace kv::redis
