// Bits of strings (redis.io/commands, "bitmap").
#include "common/redis/rows.h"

namespace kv::redis {

Group bitmap_group()
{
    static constexpr Row rows[] = {
        {"setbit", "key offset value", 4, stores, one_key, 0, "2.2.0",
         "set or clear a bit, and answer what it was"},
        {"getbit", "key offset", 3, reads | fast, one_key, 0, "2.2.0", "the value of a bit"},
        {"bitcount", "key [start end] [BYTE] [BIT]", -2, reads, one_key, 0, "2.6.0",
         "count the bits that are 1, in all or in a range of bytes or bits"},
        {"bitpos", "key bit [start] [end] [BYTE] [BIT]", -3, reads, one_key, 0, "2.8.7",
         "the first bit that is 1, or 0"},
        {"bitop",
         "operation newkey key [key ...]",
         -4,
         stores,
         {2, -1, 1},
         0,
         "2.6.0",
         "store the AND, OR, XOR or NOT of values; at most 65,536 keys"},
        {"bitfield",
         "key [GET encoding offset] [SET encoding offset value] [INCRBY encoding offset delta] "
         "[OVERFLOW wrap-sat-fail]",
         -2, stores, one_key, 0, "3.2.0",
         "read, set and count integers of any width, i1 to i64 and u1 to u63; as many as you like"},
        {"bitfield_ro", "key [GET encoding offset ...]", -2, reads | fast, one_key, 0, "6.0.0",
         "read integers of any width"},
    };
    return {"bitmap", "bits", "@bitmap", rows};
}

}  // namespace kv::redis
