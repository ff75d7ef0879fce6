// Lists (redis.io/commands, "list").
#include "common/redis/rows.h"

namespace kv::redis {

Group list_group()
{
    static constexpr Row rows[] = {
        {"lpush", "key element [element ...]", -3, stores | fast, one_key, 0, "1.0.0",
         "put elements in front"},
        {"rpush", "key element [element ...]", -3, stores | fast, one_key, 0, "1.0.0",
         "put elements at the end"},
        {"lpushx", "key element [element ...]", -3, stores | fast, one_key, 0, "2.2.0",
         "put elements in front of a list that exists"},
        {"rpushx", "key element [element ...]", -3, stores | fast, one_key, 0, "2.2.0",
         "put elements at the end of a list that exists"},
        {"lpop", "key [count]", -2, writes | fast, one_key, 0, "1.0.0",
         "take elements from the front"},
        {"rpop", "key [count]", -2, writes | fast, one_key, 0, "1.0.0",
         "take elements from the end"},
        {"lmpop", "numkeys key [key ...] LEFT|RIGHT [COUNT count]", -4, writes | movable_keys,
         counted_keys(1), 0, "7.0.0", "take elements from the first list that has any"},
        {"blpop", "key [key ...] timeout", -3, writes | blocks | no_script, all_keys_but_last, 0,
         "2.0.0", "take an element from the front, waiting so many seconds for one; 0: forever"},
        {"brpop", "key [key ...] timeout", -3, writes | blocks | no_script, all_keys_but_last, 0,
         "2.0.0", "take an element from the end, waiting for one"},
        {"blmpop", "timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]", -5,
         writes | blocks | movable_keys, counted_keys(2), 0, "7.0.0",
         "take elements from the first list that has any, waiting for one"},
        {"lmove", "source destination LEFT|RIGHT LEFT|RIGHT", 5, stores, two_keys, 0, "6.2.0",
         "move an element from one list to another"},
        {"rpoplpush", "source destination", 3, stores, two_keys, 0, "1.2.0",
         "move an element from the end of one list to the front of another"},
        {"blmove", "source destination LEFT|RIGHT LEFT|RIGHT timeout", 6,
         stores | blocks | no_script, two_keys, 0, "6.2.0",
         "move an element from one list to another, waiting for one"},
        {"brpoplpush", "source destination timeout", 4, stores | blocks | no_script, two_keys, 0,
         "2.2.0",
         "move an element from the end of one list to the front of another, waiting for "
         "one"},
        {"llen", "key", 2, reads | fast, one_key, 0, "1.0.0", "the number of elements"},
        {"lrange", "key start stop", 4, reads, one_key, 0, "1.0.0",
         "a part of a list; 0 -1 is all of it"},
        {"lindex", "key index", 3, reads, one_key, 0, "1.0.0", "the element at an index"},
        {"lpos", "key element [RANK rank] [COUNT num-matches] [MAXLEN len]", -3, reads, one_key, 0,
         "6.0.6", "the index of an element"},
        {"lset", "key index element", 4, stores, one_key, 0, "1.0.0",
         "replace the element at an index"},
        {"linsert", "key BEFORE|AFTER pivot element", 5, stores, one_key, 0, "2.2.0",
         "put an element beside another"},
        {"lrem", "key count element", 4, writes, one_key, 0, "1.0.0",
         "remove elements that are equal to one"},
        {"ltrim", "key start stop", 4, writes, one_key, 0, "1.0.0",
         "remove all but a part of a list"},
    };
    return {"list", "lists", "@list", rows};
}

}  // namespace kv::redis
