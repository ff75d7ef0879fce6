#include "common/command_table.h"

namespace kv {

namespace {

// Source: memcached's doc/protocol.txt. The value comes right after the key, where people expect
// it.
constexpr CommandInfo memcached_table[] = {
    {"get", "key [key ...]", "the values of these keys", "reading"},
    {"gets", "key [key ...]", "values with their flags and cas", "reading"},
    {"gat", "seconds key [key ...]", "the values, and a new expiry", "reading"},
    {"gats", "seconds key [key ...]", "as gat, with flags and cas", "reading"},

    {"set", "key value [EX seconds] [FLAGS number] [noreply]", "store a value unconditionally",
     "writing"},
    {"add", "key value [EX seconds] [FLAGS number] [noreply]", "store if the key does not exist",
     "writing"},
    {"replace", "key value [EX seconds] [FLAGS number] [noreply]", "store if the key exists",
     "writing"},
    {"append", "key value [noreply]", "add after the present value", "writing"},
    {"prepend", "key value [noreply]", "add before the present value", "writing"},
    {"cas", "key value cas [EX seconds] [FLAGS number] [noreply]",
     "store if it has not changed since gets", "writing"},
    {"delete", "key [noreply]", "remove", "writing"},
    {"incr", "key delta [noreply]", "add to a decimal number", "writing"},
    {"decr", "key delta [noreply]", "subtract from a number, down to 0", "writing"},
    {"touch", "key seconds [noreply]", "set a new expiry", "writing"},
    {"flush_all", "[seconds] [noreply]", "remove everything, now or later", "writing"},

    {"mg", "key [flag ...]", "meta get: v value, f flags, c cas, t ttl, k key ...", "meta"},
    {"ms", "key value [flag ...]", "meta set: T ttl, F flags, C cas, MA append, ME add ...",
     "meta"},
    {"md", "key [flag ...]", "meta delete: C cas, I mark stale, x drop the value ...", "meta"},
    {"ma", "key [flag ...]", "meta arithmetic: D delta, J initial, MD decrement, v value ...",
     "meta"},
    {"mn", "", "answers MN: the end of a batch of quiet commands", "meta"},
    {"me", "key [flag ...]", "describe an item", "meta"},

    {"version", "", "the server's version", "server"},
    {"stats", "[group]", "counters: settings, items, slabs, conns ...", "server"},
    {"verbosity", "level [noreply]", "how much the server logs", "server"},
    {"lru_crawler", "action [argument ...]", "metadump all lists every key", "server"},
    {"lru", "action [argument ...]", "tune, mode, temp_ttl", "server"},
    {"slabs", "action [argument ...]", "reassign, automove", "server"},
    {"cache_memlimit", "megabytes [noreply]", "change the memory limit", "server"},
    {"watch", "stream [stream ...]", "print the server's log: fetchers, mutations, evictions ...",
     "server"},
    {"debugtime", "change", "p stops a virtual clock, r resumes it, SECONDS move it", "server"},
    {"shutdown", "[graceful]", "stop the server, if allowed", "server"},
    {"quit", "", "close the connection", "server"},
};

}  // namespace

std::span<const CommandInfo> memcached_commands()
{
    return memcached_table;
}

}  // namespace kv
