// The command table: Redis 7.0's names, arities and key positions, in its groups.
#include "server/resp/handlers.h"

namespace kv::resp {

namespace {

constexpr KeyPositions none{};
constexpr KeyPositions one{1, 1, 1};
constexpr KeyPositions two{1, 2, 1};
constexpr KeyPositions all{1, -1, 1};
constexpr KeyPositions pairs{1, -1, 2};
constexpr KeyPositions second{2, 2, 1};

constexpr unsigned stores = writes | needs_memory;

// clang-format off
constexpr Command command_table[] = {
    {"get", 2, reads | fast, one, 0, "string", "1.0.0", handle_get},
    {"set", -3, stores, one, 2, "string", "1.0.0", handle_set},
    {"setnx", 3, stores | fast, one, 2, "string", "1.0.0", handle_setnx},
    {"setex", 4, stores, one, 3, "string", "2.0.0", handle_setex},
    {"psetex", 4, stores, one, 3, "string", "2.6.0", handle_psetex},
    {"getset", 3, stores | fast, one, 2, "string", "1.0.0", handle_getset},
    {"getdel", 2, writes | fast, one, 0, "string", "6.2.0", handle_getdel},
    {"getex", -2, writes | fast, one, 0, "string", "6.2.0", handle_getex},
    {"mget", -2, reads | fast, all, 0, "string", "1.0.0", handle_mget},
    {"mset", -3, stores, pairs, 2, "string", "1.0.1", handle_mset},
    {"msetnx", -3, stores, pairs, 2, "string", "1.0.1", handle_msetnx},
    {"append", 3, stores | fast, one, 0, "string", "2.0.0", handle_append},
    {"strlen", 2, reads | fast, one, 0, "string", "2.2.0", handle_strlen},
    {"getrange", 4, reads, one, 0, "string", "2.4.0", handle_getrange},
    {"substr", 4, reads, one, 0, "string", "1.0.0", handle_getrange},
    {"setrange", 4, stores, one, 0, "string", "2.2.0", handle_setrange},
    {"incr", 2, stores | fast, one, 0, "string", "1.0.0", handle_incr},
    {"decr", 2, stores | fast, one, 0, "string", "1.0.0", handle_decr},
    {"incrby", 3, stores | fast, one, 0, "string", "1.0.0", handle_incrby},
    {"decrby", 3, stores | fast, one, 0, "string", "1.0.0", handle_decrby},
    {"incrbyfloat", 3, stores | fast, one, 0, "string", "2.6.0", handle_incrbyfloat},

    {"del", -2, writes, all, 0, "generic", "1.0.0", handle_del},
    {"unlink", -2, writes | fast, all, 0, "generic", "4.0.0", handle_del},
    {"delete", -2, writes, all, 0, "generic", "1.0.0", handle_del},
    {"exists", -2, reads | fast, all, 0, "generic", "1.0.0", handle_exists},
    {"touch", -2, reads | fast, all, 0, "generic", "3.2.1", handle_touch},
    {"type", 2, reads | fast, one, 0, "generic", "1.0.0", handle_type},
    {"rename", 3, writes, two, 0, "generic", "1.0.0", handle_rename},
    {"renamenx", 3, writes | fast, two, 0, "generic", "1.0.0", handle_renamenx},
    {"copy", -3, stores, two, 0, "generic", "6.2.0", handle_copy},
    {"keys", 2, reads, none, 0, "generic", "1.0.0", handle_keys},
    {"scan", -2, reads, none, 0, "generic", "2.8.0", handle_scan},
    {"randomkey", 1, reads, none, 0, "generic", "1.0.0", handle_randomkey},
    {"expire", -3, writes | fast, one, 0, "generic", "1.0.0", handle_expire},
    {"pexpire", -3, writes | fast, one, 0, "generic", "2.6.0", handle_pexpire},
    {"expireat", -3, writes | fast, one, 0, "generic", "1.2.0", handle_expireat},
    {"pexpireat", -3, writes | fast, one, 0, "generic", "2.6.0", handle_pexpireat},
    {"ttl", 2, reads | fast, one, 0, "generic", "1.0.0", handle_ttl},
    {"pttl", 2, reads | fast, one, 0, "generic", "2.6.0", handle_pttl},
    {"expiretime", 2, reads | fast, one, 0, "generic", "7.0.0", handle_expiretime},
    {"pexpiretime", 2, reads | fast, one, 0, "generic", "7.0.0", handle_pexpiretime},
    {"persist", 2, writes | fast, one, 0, "generic", "2.2.0", handle_persist},
    {"object", -2, has_subcommands, none, 0, "generic", "2.2.3", nullptr},
    {"object|encoding", 3, reads, second, 0, "generic", "2.2.3", handle_object_encoding},
    {"object|freq", 3, reads, second, 0, "generic", "4.0.0", handle_object_freq},
    {"object|idletime", 3, reads, second, 0, "generic", "2.2.3", handle_object_idletime},
    {"object|refcount", 3, reads, second, 0, "generic", "2.2.3", handle_object_refcount},
    {"object|help", 2, 0, none, 0, "generic", "6.2.0", handle_help},

    {"ping", -1, fast, none, 0, "connection", "1.0.0", handle_ping},
    {"echo", 2, fast, none, 0, "connection", "1.0.0", handle_echo},
    {"hello", -1, fast | unseen, none, 0, "connection", "6.0.0", handle_hello},
    {"auth", -2, fast | unseen, none, 0, "connection", "1.0.0", handle_auth},
    {"select", 2, fast, none, 0, "connection", "1.0.0", handle_select},
    {"quit", -1, fast | unqueued, none, 0, "connection", "1.0.0", handle_quit},
    {"reset", 1, fast | unqueued, none, 0, "connection", "6.2.0", handle_reset},

    {"client", -2, has_subcommands, none, 0, "connection", "2.4.0", nullptr},
    {"client|getname", 2, 0, none, 0, "connection", "2.6.9", handle_client_getname},
    {"client|getredir", 2, 0, none, 0, "connection", "6.0.0", handle_client_getredir},
    {"client|help", 2, 0, none, 0, "connection", "5.0.0", handle_help},
    {"client|id", 2, 0, none, 0, "connection", "5.0.0", handle_client_id},
    {"client|info", 2, 0, none, 0, "connection", "6.2.0", handle_client_info},
    {"client|kill", -3, admin, none, 0, "connection", "2.4.0", handle_client_kill},
    {"client|list", -2, admin, none, 0, "connection", "2.4.0", handle_client_list},
    {"client|no-evict", 3, admin, none, 0, "connection", "7.0.0", handle_client_switch},
    {"client|no-touch", 3, 0, none, 0, "connection", "7.2.0", handle_client_switch},
    {"client|reply", 3, 0, none, 0, "connection", "3.2.0", handle_client_reply},
    {"client|setinfo", 4, 0, none, 0, "connection", "7.2.0", handle_client_setinfo},
    {"client|setname", 3, 0, none, 0, "connection", "2.6.9", handle_client_setname},

    {"multi", 1, fast | unqueued, none, 0, "transactions", "1.2.0", handle_multi},
    {"exec", 1, unqueued | unseen, none, 0, "transactions", "1.2.0", handle_exec},
    {"discard", 1, fast | unqueued, none, 0, "transactions", "2.0.0", handle_discard},
    {"watch", -2, fast | unqueued, all, 0, "transactions", "2.2.0", handle_watch},
    {"unwatch", 1, fast, none, 0, "transactions", "2.2.0", handle_unwatch},

    {"dbsize", 1, reads | fast, none, 0, "server", "1.0.0", handle_dbsize},
    {"flushdb", -1, writes, none, 0, "server", "1.0.0", handle_flushall},
    {"flushall", -1, writes, none, 0, "server", "1.0.0", handle_flushall},
    {"flush", 1, writes, none, 0, "server", "1.0.0", handle_flush},
    {"memory", -2, has_subcommands, none, 0, "server", "4.0.0", nullptr},
    {"memory|help", 2, 0, none, 0, "server", "4.0.0", handle_help},
    {"memory|usage", -3, reads, second, 0, "server", "4.0.0", handle_memory_usage},
    {"info", -1, 0, none, 0, "server", "1.0.0", handle_info},
    {"time", 1, fast, none, 0, "server", "2.6.0", handle_time},
    {"debugtime", 2, admin, none, 0, "server", "1.0.0", handle_debugtime},
    {"monitor", 1, admin, none, 0, "server", "1.0.0", handle_monitor},
    {"shutdown", -1, admin, none, 0, "server", "1.0.0", handle_shutdown},
    {"config", -2, has_subcommands, none, 0, "server", "2.0.0", nullptr},
    {"config|get", -3, admin, none, 0, "server", "2.0.0", handle_config_get},
    {"config|help", 2, 0, none, 0, "server", "5.0.0", handle_help},
    {"config|resetstat", 2, admin, none, 0, "server", "2.0.0", handle_config_resetstat},
    {"config|rewrite", 2, admin, none, 0, "server", "2.8.0", handle_config_rewrite},
    {"config|set", -4, admin, none, 0, "server", "2.0.0", handle_config_set},
    {"command", -1, has_subcommands, none, 0, "server", "2.8.13", handle_command},
    {"command|count", 2, 0, none, 0, "server", "2.8.13", handle_command_count},
    {"command|docs", -2, 0, none, 0, "server", "7.0.0", handle_command_docs},
    {"command|getkeys", -4, 0, none, 0, "server", "2.8.13", handle_command_getkeys},
    {"command|help", 2, 0, none, 0, "server", "5.0.0", handle_help},
    {"command|info", -2, 0, none, 0, "server", "2.8.13", handle_command_info},
    {"command|list", -2, 0, none, 0, "server", "7.0.0", handle_command_list},
};
// clang-format on

}  // namespace

std::span<const Command> all_commands()
{
    return command_table;
}

}  // namespace kv::resp
