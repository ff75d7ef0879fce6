// Many commands as one step (redis.io/commands, "transactions").
#include "common/redis/rows.h"

namespace kv::redis {

Group transactions_group()
{
    static constexpr Row rows[] = {
        {"multi", "", 1, fast | unqueued, no_key, 0, "1.2.0", "from now on gather commands"},
        {"exec", "", 1, unqueued | unseen, no_key, 0, "1.2.0",
         "carry out what was gathered, at once"},
        {"discard", "", 1, fast | unqueued, no_key, 0, "2.0.0", "forget what was gathered"},
        {"watch", "key [key ...]", -2, fast | unqueued, all_keys, 0, "2.2.0",
         "let EXEC fail when one of these changes"},
        {"unwatch", "", 1, fast, no_key, 0, "2.2.0", "watch no more"},
    };
    return {"transactions", "transactions", "@transaction", rows};
}

}  // namespace kv::redis
