// Commands about keys, whatever their values are.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(key_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;

// With the lock let go now and then.
BOOST_FIXTURE_TEST_CASE(many_keys_are_answered_in_their_order, RedisTalk)
{
    std::string every_second;
    std::string all;
    std::string values = "*100\r\n";
    for (int i = 0; i < 100; ++i) {
        const std::string key = " k" + std::to_string(i);
        all += key;
        if (i % 2 == 0) every_second += key + " v" + std::to_string(i);
        values += i % 2 == 0 ? bulk("v" + std::to_string(i)) : null;
    }
    constexpr std::size_t step = 97;
    ask({{"MSET" + every_second, ok},
         {"MGET" + all, values},
         {"EXISTS" + all + all, ":100\r\n"},
         {"TOUCH" + all, ":50\r\n"},
         {"MULTI", ok},
         {"EXISTS" + all, "+QUEUED\r\n"},
         {"MGET" + all, "+QUEUED\r\n"},
         {"EXEC", "*2\r\n:50\r\n" + values},
         {"DEL k0" + all, ":50\r\n"},
         {"EXISTS" + all, ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_pattern_has_a_bound, RedisTalk)
{
    const std::string longest(4096, '*');
    const std::string refusal = "-ERR a pattern has at most 4096 bytes\r\n";
    ask({{"KEYS " + longest, "*0\r\n"},
         {"KEYS " + longest + "*", refusal},
         {"SCAN 0 MATCH " + longest + "*", refusal},
         {"CONFIG GET " + longest + "*", refusal}},
        97);
}

BOOST_FIXTURE_TEST_CASE(keys_are_removed_and_counted, RedisTalk)
{
    ask({{"MSET a 1 b 2 c 3", ok},
         {"EXISTS a b x a", ":3\r\n"},
         {"TOUCH a x", ":1\r\n"},
         {"DEL a x b", ":2\r\n"},
         {"UNLINK c c", ":1\r\n"},
         {"DBSIZE", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_little_servers_delete_and_flush_are_there, RedisTalk)
{
    ask({{"MSET a 1 b 2 c 3", ok},
         {"DELETE a", ":1\r\n"},
         {"DELETE a", ":0\r\n"},
         {"FLUSH", ":2\r\n"},
         {"FLUSH", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_type_is_told, RedisTalk)
{
    ask({{"TYPE k", "+none\r\n"},
         {"SET k 1", ok},
         {"TYPE k", "+string\r\n"},
         {"OBJECT ENCODING k", bulk("int")},
         {"SET k x", ok},
         {"OBJECT ENCODING k", bulk("embstr")},
         {"SET k " + std::string(45, 'x'), ok},
         {"OBJECT ENCODING k", bulk("raw")},
         {"OBJECT ENCODING none", null}});
}

BOOST_FIXTURE_TEST_CASE(a_key_is_renamed_with_its_expiry, RedisTalk)
{
    ask({{"RENAME a b", "-ERR no such key\r\n"},
         {"SET a 1 EX 100", ok},
         {"SET b 2", ok},
         {"RENAMENX a b", ":0\r\n"},
         {"RENAME a b", ok},
         {"GET a", null},
         {"GET b", bulk("1")},
         {"TTL b", ":100\r\n"},
         {"RENAMENX b c", ":1\r\n"},
         {"RENAME c c", ok},
         {"RENAMENX c c", ":0\r\n"},
         {"GET c", bulk("1")}});
}

BOOST_FIXTURE_TEST_CASE(a_key_is_copied_with_its_expiry, RedisTalk)
{
    ask({{"COPY a b", ":0\r\n"},
         {"SET a 1 EX 100", ok},
         {"COPY a b", ":1\r\n"},
         {"TTL b", ":100\r\n"},
         {"SET a 2", ok},
         {"COPY a b", ":0\r\n"},
         {"COPY a b REPLACE", ":1\r\n"},
         {"GET b", bulk("2")},
         {"TTL b", ":-1\r\n"},
         {"COPY a b DB 0 REPLACE", ":1\r\n"},
         {"COPY a b DB 16", "-ERR DB index is out of range\r\n"},
         {"COPY a b DB 4294967296",
          "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n"},
         {"COPY a b DB 1", ":1\r\n"},
         {"COPY a b DB 16", "-ERR DB index is out of range\r\n"},
         {"COPY a a", "-ERR source and destination objects are the same\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(everything_is_flushed, RedisTalk)
{
    ask({{"MSET a 1 b 2", ok},
         {"FLUSHALL NONSENSE", syntax_error},
         {"FLUSHALL ASYNC", ok},
         {"DBSIZE", ":0\r\n"},
         {"SET a 1", ok},
         {"FLUSHDB", ok},
         {"GET a", null}});
}

BOOST_FIXTURE_TEST_CASE(some_key_is_found_if_there_is_one, RedisTalk)
{
    ask({{"RANDOMKEY", null}, {"SET k v", ok}, {"RANDOMKEY", bulk("k")}});
}

BOOST_FIXTURE_TEST_CASE(keys_are_found_by_pattern, RedisTalk)
{
    ask({{"MSET one 1 two 2", ok},
         {"KEYS t*", "*1\r\n" + bulk("two")},
         {"KEYS x", "*0\r\n"},
         {"SET gone 1 PXAT 1", ok},
         {"KEYS g*", "*0\r\n"}});
}

constexpr std::string_view no_such_database = "-ERR DB index is out of range\r\n";

BOOST_FIXTURE_TEST_CASE(databases_are_apart, RedisTalk)
{
    ask({{"SET a 0", ok},
         {"SELECT 1", ok},
         {"GET a", null},
         {"SET a 1", ok},
         {"MOVE a 0", ":0\r\n"},
         {"MOVE a 2", ":1\r\n"},
         {"MOVE a 2", ":0\r\n"},
         {"MOVE a 1", "-ERR source and destination objects are the same\r\n"},
         {"DBSIZE", ":0\r\n"},
         {"SWAPDB 1 2", ok},
         {"GET a", bulk("1")},
         {"FLUSHDB", ok},
         {"SELECT 0", ok},
         {"GET a", bulk("0")},
         {"SELECT 16", std::string(no_such_database)},
         {"SELECT -1", std::string(no_such_database)},
         {"MOVE a 16", std::string(no_such_database)},
         {"SWAPDB 0 16", std::string(no_such_database)},
         {"SWAPDB x 1", "-ERR invalid first DB index\r\n"},
         {"SELECT 99999999999",
          "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_transaction_may_pass_through_databases, RedisTalk)
{
    constexpr const char* queued = "+QUEUED\r\n";
    ask({{"MULTI", ok},
         {"SELECT 3", queued},
         {"SET a 3", queued},
         {"SELECT 4", queued},
         {"SET a 4", queued},
         {"EXEC", "*4\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n"},
         {"GET a", bulk("4")},
         {"FLUSHALL", ok},
         {"SELECT 3", ok},
         {"DBSIZE", ":0\r\n"}});
}

/// Redis has none: there a name is an error.
BOOST_FIXTURE_TEST_CASE(a_private_space_goes_with_its_last_client, RedisTalk)
{
    ask({{"SET a 0", ok},
         {"SELECT mine", ok},
         {"GET a", null},
         {"SET a 1", ok},
         {"FLUSHALL", ok},
         {"SET a 2", ok},
         {"SELECT 0", ok},
         {"GET a", bulk("0")},
         {"SELECT mine", ok},
         {"GET a", null},
         {"SELECT a/b", not_an_integer}});
}

BOOST_FIXTURE_TEST_CASE(a_key_costs_what_its_item_takes, RedisTalk)
{
    ask({{"MEMORY USAGE k", null},
         {"SET k v", ok},
         {"MEMORY USAGE k", ":" + std::to_string(kv::Item::footprint(1, 1)) + "\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
