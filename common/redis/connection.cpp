// The connection and its client (redis.io/commands, "connection").
#include "common/redis/rows.h"

namespace kv::redis {

Group connection_group()
{
    static constexpr Row rows[] = {
        {"ping", "[message]", -1, fast, no_key, 0, "1.0.0", "check whether the server answers"},
        {"echo", "message", 2, fast, no_key, 0, "1.0.0", "answer the message"},
        {"hello", "[version] [AUTH user password] [SETNAME name]", -1, fast | no_script, no_key, 0,
         "6.0.0", "choose the protocol version"},
        {"auth", "[user] password", -2, fast | no_script, no_key, 0, "1.0.0", "log in"},
        {"select", "db", 2, fast, no_key, 0, "1.0.0", "choose a database"},
        {"quit", "", -1, fast | unqueued | no_script, no_key, 0, "1.0.0", "close the connection"},
        {"reset", "", 1, fast | unqueued | no_script, no_key, 0, "6.2.0",
         "bring the connection back to its first state"},
        {"client", "subcommand [argument ...]", -2, has_subcommands, no_key, 0, "2.4.0",
         "ID, INFO, LIST, KILL, SETNAME, GETNAME ..."},
        {"client|getname", "", 2, no_script, no_key, 0, "2.6.9", "the name of this client"},
        {"client|getredir", "", 2, no_script, no_key, 0, "6.0.0",
         "the client that tracking is redirected to"},
        {"client|help", "", 2, 0, no_key, 0, "5.0.0", "the subcommands of CLIENT"},
        {"client|id", "", 2, no_script, no_key, 0, "5.0.0", "the number of this connection"},
        {"client|info", "", 2, varies | no_script, no_key, 0, "6.2.0",
         "this client's line of CLIENT LIST"},
        {"client|kill",
         "[address] [ID id] [TYPE type] [ADDR address] [LADDR address] [USER user] [SKIPME yes-no]",
         -3, admin | no_script, no_key, 0, "2.4.0", "close connections"},
        {"client|list", "[TYPE type] [ID id ...]", -2, admin | unlocked | varies | no_script,
         no_key, 0, "2.4.0", "the clients that are connected"},
        {"client|no-evict", "on-off", 3, admin | no_script, no_key, 0, "7.0.0",
         "keep this client when memory is short"},
        {"client|no-touch", "on-off", 3, 0, no_key, 0, "7.2.0",
         "read keys without marking them as used"},
        {"client|pause", "milliseconds [WRITE] [ALL]", -3, admin | no_script, no_key, 0, "2.9.50",
         "let the requests of all redis:// clients wait, or those that change something"},
        {"client|reply", "on-off-skip", 3, no_script, no_key, 0, "3.2.0",
         "switch replies on or off"},
        {"client|setinfo", "attribute value", 4, 0, no_key, 0, "7.2.0",
         "tell the library's name or version"},
        {"client|setname", "name", 3, no_script, no_key, 0, "2.6.9", "name this client"},
        {"client|unblock", "client-id [TIMEOUT|ERROR]", -3, admin | no_script, no_key, 0, "5.0.0",
         "end the wait of another client"},
        {"client|unpause", "", 2, admin | no_script, no_key, 0, "6.2.0", "end the pause"},
    };
    return {"connection", "connection", "@connection", rows};
}

}  // namespace kv::redis
