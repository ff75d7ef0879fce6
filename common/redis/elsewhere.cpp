// Commands of Redis that this server does not have: what people type by hand at other servers.
#include "common/redis/rows.h"

namespace kv::redis {

std::span<const CommandInfo> commands_elsewhere()
{
    // Source: https://redis.io/commands.
    static constexpr CommandInfo rows[] = {
        {"DUMP", "key", "a value in Redis' own serialised form", "keys"},
        {"RESTORE", "key ttl serialized [REPLACE]", "the reverse of DUMP", "keys"},
        {"XADD", "key *|id field value [field value ...]", "append an entry; * makes its id",
         "streams"},
        {"XLEN", "key", "how many entries", "streams"},
        {"XRANGE", "key start end [COUNT number]", "entries; - + is all", "streams"},
        {"XREAD", "[COUNT number] [BLOCK milliseconds] STREAMS key id", "new entries", "streams"},
        {"PUBLISH", "channel message", "send to whoever listens", "messages"},
        {"SUBSCRIBE", "channel [channel ...]", "listen", "messages"},
        {"PSUBSCRIBE", "pattern [pattern ...]", "listen to all that match", "messages"},
        {"UNSUBSCRIBE", "[channel ...]", "listen no more", "messages"},
        {"PUNSUBSCRIBE", "[pattern ...]", "listen no more", "messages"},
        {"PUBSUB", "subcommand [argument ...]", "CHANNELS, NUMSUB, NUMPAT", "messages"},
        {"EVAL", "script numkeys [key ...] [argument ...]", "run a Lua script", "scripts"},
        {"EVALSHA", "sha1 numkeys [key ...] [argument ...]", "run a script that is loaded",
         "scripts"},
        {"SCRIPT", "subcommand [argument ...]", "LOAD, EXISTS, FLUSH", "scripts"},
        {"LASTSAVE", "", "when it was last saved", "server"},
        {"SAVE", "", "save now", "server"},
        {"BGSAVE", "", "save in the background", "server"},
        {"ROLE", "", "primary or replica", "server"},
    };
    return rows;
}

}  // namespace kv::redis
