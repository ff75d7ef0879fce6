// The server as a whole (redis.io/commands, "server").
#include "common/redis/rows.h"

namespace kv::redis {

Group server_group()
{
    static constexpr Row rows[] = {
        {"dbsize", "", 1, reads | fast, no_key, 0, "1.0.0", "the number of keys", "@keyspace"},
        {"flushdb", "[ASYNC] [SYNC]", -1, writes, no_key, 0, "1.0.0",
         "remove all keys of this database", "@keyspace @dangerous"},
        {"flushall", "[ASYNC] [SYNC]", -1, writes, no_key, 0, "1.0.0", "remove all keys",
         "@keyspace @dangerous"},
        {"flush", "", 1, writes, no_key, 0, "1.0.0", "remove all keys (kvserver)"},
        {"swapdb", "db db", 3, writes | fast, no_key, 0, "4.0.0", "exchange two databases",
         "@keyspace @dangerous"},
        {"memory", "subcommand [argument ...]", -2, has_subcommands, no_key, 0, "4.0.0",
         "USAGE, STATS, DOCTOR"},
        {"memory|help", "", 2, 0, no_key, 0, "4.0.0", "the subcommands of MEMORY"},
        {"memory|usage", "key [SAMPLES number]", -3, reads, subcommands_key, 0, "4.0.0",
         "the bytes that a key takes"},
        {"info", "[section ...]", -1, unlocked | varies, no_key, 0, "1.0.0",
         "the state of the server", "@dangerous"},
        {"time", "", 1, fast | varies, no_key, 0, "2.6.0", "the server's clock"},
        {"debugtime", "change", 2, admin, no_key, 0, "1.0.0",
         "p stops a virtual clock, r resumes it, SECONDS move it"},
        {"monitor", "", 1, admin | no_script, no_key, 0, "1.0.0",
         "show the commands of all redis:// clients"},
        {"shutdown", "[NOSAVE] [SAVE] [NOW] [FORCE]", -1, admin | no_script, no_key, 0, "1.0.0",
         "stop the server"},
        {"config", "subcommand [argument ...]", -2, has_subcommands, no_key, 0, "2.0.0",
         "GET, SET, RESETSTAT, REWRITE"},
        {"config|get", "pattern [pattern ...]", -3, admin | no_script, no_key, 0, "2.0.0",
         "settings whose names match"},
        {"config|help", "", 2, 0, no_key, 0, "5.0.0", "the subcommands of CONFIG"},
        {"config|resetstat", "", 2, admin | no_script, no_key, 0, "2.0.0", "reset the counters"},
        {"config|rewrite", "", 2, admin | no_script, no_key, 0, "2.8.0",
         "write the settings to their file"},
        {"config|set", "name value [name value ...]", -4, admin | no_script, no_key, 0, "2.0.0",
         "change settings"},
        {"command", "[subcommand] [argument ...]", -1, has_subcommands | unlocked | any_order,
         no_key, 0, "2.8.13", "COUNT, DOCS, INFO, LIST", "@connection"},
        {"command|count", "", 2, 0, no_key, 0, "2.8.13", "the number of commands", "@connection"},
        {"command|docs", "[command ...]", -2, unlocked | any_order, no_key, 0, "7.0.0",
         "the documentation of commands", "@connection"},
        {"command|getkeys", "command [argument ...]", -4, 0, no_key, 0, "2.8.13",
         "the keys in a command", "@connection"},
        {"command|help", "", 2, 0, no_key, 0, "5.0.0", "the subcommands of COMMAND", "@connection"},
        {"command|info", "[command ...]", -2, unlocked | any_order, no_key, 0, "2.8.13",
         "arity, flags and keys of commands", "@connection"},
        {"command|list", "[FILTERBY kind value]", -2, unlocked | any_order, no_key, 0, "7.0.0",
         "the names of all commands", "@connection"},
    };
    return {"server", "server", "", rows};
}

}  // namespace kv::redis
