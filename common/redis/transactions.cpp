// Many commands as one step (redis.io/commands, "transactions").
#include "common/redis/rows.h"

namespace kv::redis {

Group transactions_group()
{
    static constexpr Row rows[] = {
        {"multi", "", 1, fast | unqueued | no_script, no_key, 0, "1.2.0", "begin a transaction"},
        {"exec", "", 1, unqueued | no_script, no_key, 0, "1.2.0", "execute the transaction"},
        {"discard", "", 1, fast | unqueued | no_script, no_key, 0, "2.0.0", "drop the transaction"},
        {"watch", "key [key ...]", -2, fast | unqueued | no_script, all_keys, 0, "2.2.0",
         "let EXEC fail when one of these keys changes"},
        {"unwatch", "", 1, fast | no_script, no_key, 0, "2.2.0", "forget all watched keys"},
    };
    return {"transactions", "transactions", "@transaction", rows};
}

}  // namespace kv::redis
