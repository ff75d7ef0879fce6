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
constexpr Command commands[] = {
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

    {"ping", -1, fast, none, 0, "connection", "1.0.0", handle_ping},
    {"echo", 2, fast, none, 0, "connection", "1.0.0", handle_echo},
    {"hello", -1, fast, none, 0, "connection", "6.0.0", handle_hello},
    {"auth", -2, fast, none, 0, "connection", "1.0.0", handle_auth},
    {"select", 2, fast, none, 0, "connection", "1.0.0", handle_select},
    {"quit", -1, fast | unqueued, none, 0, "connection", "1.0.0", handle_quit},
    {"reset", 1, fast | unqueued, none, 0, "connection", "6.2.0", handle_reset},

    {"multi", 1, fast | unqueued, none, 0, "transactions", "1.2.0", handle_multi},
    {"exec", 1, unqueued, none, 0, "transactions", "1.2.0", handle_exec},
    {"discard", 1, fast | unqueued, none, 0, "transactions", "2.0.0", handle_discard},
    {"watch", -2, fast | unqueued, all, 0, "transactions", "2.2.0", handle_watch},
    {"unwatch", 1, fast, none, 0, "transactions", "2.2.0", handle_unwatch},

    {"dbsize", 1, reads | fast, none, 0, "server", "1.0.0", handle_dbsize},
    {"flushdb", -1, writes, none, 0, "server", "1.0.0", handle_flushall},
    {"flushall", -1, writes, none, 0, "server", "1.0.0", handle_flushall},
    {"flush", 1, writes, none, 0, "server", "1.0.0", handle_flush},
    {"memory", -2, has_subcommands, none, 0, "server", "4.0.0", nullptr},
    {"memory|usage", -3, reads, second, 0, "server", "4.0.0", handle_memory_usage},
};
// clang-format on

}  // namespace

std::span<const Command> all_commands()
{
    return commands;
}

}  // namespace kv::resp
