// Strings stored and read.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(string_commands_test)

using kv::test::array_of;
using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

BOOST_FIXTURE_TEST_CASE(a_value_is_stored_and_read, RedisTalk)
{
    ask({{"GET k", null},
         {"SET k v", ok},
         {"GET k", bulk("v")},
         {"SET k \"\"", ok},
         {"GET k", bulk("")}});
}

BOOST_FIXTURE_TEST_CASE(set_can_depend_on_what_is_there, RedisTalk)
{
    ask({{"SET k 1 XX", null},
         {"SET k 1 NX", ok},
         {"SET k 2 NX", null},
         {"SET k 3 xx", ok},
         {"GET k", bulk("3")},
         {"SET k 4 NX XX", syntax_error}});
}

BOOST_FIXTURE_TEST_CASE(set_can_answer_what_was_there, RedisTalk)
{
    ask({{"SET k 1 GET", null},
         {"SET k 2 GET", bulk("1")},
         {"SET k 3 NX GET", bulk("2")},
         {"SET other 1 XX GET", null},
         {"GETSET k 4", bulk("2")},
         {"GETDEL k", bulk("4")},
         {"GETDEL k", null}});
}

// They are stored while everybody else waits.
BOOST_FIXTURE_TEST_CASE(mset_takes_65536_pairs_and_no_more, RedisTalk)
{
    std::vector<std::string> words{"MSET"};
    for (int i = 0; i < 65'536; ++i) {
        words.push_back("k" + std::to_string(i));
        words.emplace_back("v");
    }
    kv::test::ScriptedTransport peer;
    peer.sends(array_of(words));
    words.insert(words.end(), {"one more", "v"});
    peer.sends(array_of(words));
    words[0] = "MSETNX";
    peer.sends(array_of(words) + request("DBSIZE"));
    BOOST_TEST(hold(peer).replies ==
               "+OK\r\n-ERR too many keys for 'mset' command, at most 65536\r\n"
               "-ERR too many keys for 'msetnx' command, at most 65536\r\n:65536\r\n");
}

BOOST_FIXTURE_TEST_CASE(set_can_give_an_expiry_or_keep_it, RedisTalk)
{
    ask({{"SET k v EX 100", ok},
         {"TTL k", ":100\r\n"},
         {"SET k v KEEPTTL", ok},
         {"TTL k", ":100\r\n"},
         {"SET k v PX 5500", ok},
         {"PTTL k", ":5500\r\n"},
         {"SET k v", ok},
         {"TTL k", ":-1\r\n"},
         {"SETEX k 7 v", ok},
         {"TTL k", ":7\r\n"},
         {"PSETEX k 7000 v", ok},
         {"TTL k", ":7\r\n"},
         {"SET k v EX 1 PX 1", syntax_error},
         {"SET k v EX 1 KEEPTTL", syntax_error},
         {"SET k v EX", syntax_error},
         {"SET k v EX x", not_an_integer},
         {"SET k v EX 0", "-ERR invalid expire time in 'set' command\r\n"},
         {"SET k v EX 9223372036854775", "-ERR invalid expire time in 'set' command\r\n"},
         {"SETEX k -1 v", "-ERR invalid expire time in 'setex' command\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_value_stored_with_a_time_that_has_passed_is_not_there, RedisTalk)
{
    ask({{"SET k v PXAT 1", ok}, {"GET k", null}, {"EXISTS k", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(getex_reads_and_changes_the_expiry, RedisTalk)
{
    ask({{"SET k v EX 100", ok},
         {"GETEX k", bulk("v")},
         {"TTL k", ":100\r\n"},
         {"GETEX k EX 50", bulk("v")},
         {"TTL k", ":50\r\n"},
         {"GETEX k PERSIST", bulk("v")},
         {"TTL k", ":-1\r\n"},
         {"GETEX k EX 1 PERSIST", syntax_error},
         {"GETEX k PXAT 1", bulk("v")},
         {"GETEX k", null},
         {"GETEX k EX x", null}});
}

BOOST_FIXTURE_TEST_CASE(many_are_stored_and_read_at_once, RedisTalk)
{
    ask({{"MSET a 1 b 2", ok},
         {"MGET a x b", "*3\r\n" + bulk("1") + null + bulk("2")},
         {"MSETNX c 3 a 4", ":0\r\n"},
         {"EXISTS c", ":0\r\n"},
         {"MSETNX c 3 d 4", ":1\r\n"},
         {"SETNX d 5", ":0\r\n"},
         {"SETNX e 5", ":1\r\n"},
         {"MGET a b c d e", "*5\r\n" + bulk("1") + bulk("2") + bulk("3") + bulk("4") + bulk("5")}});
}

BOOST_FIXTURE_TEST_CASE(a_part_is_read, RedisTalk)
{
    ask({{"SET k hello", ok},
         {"GETRANGE k 1 3", bulk("ell")},
         {"GETRANGE k -3 -1", bulk("llo")},
         {"GETRANGE k 0 100", bulk("hello")},
         {"GETRANGE k 3 1", bulk("")},
         {"GETRANGE none 0 -1", bulk("")},
         {"SUBSTR k 0 0", bulk("h")},
         {"STRLEN k", ":5\r\n"},
         {"STRLEN none", ":0\r\n"},
         {"GETRANGE k x 1", not_an_integer}});
}

BOOST_FIXTURE_TEST_CASE(a_part_is_written, RedisTalk)
{
    ask({{"APPEND k hello", ":5\r\n"},
         {"APPEND k !", ":6\r\n"},
         {"SETRANGE k 1 ipp", ":6\r\n"},
         {"GET k", bulk("hippo!")},
         {"SETRANGE k 8 x", ":9\r\n"},
         {"GET k", bulk(std::string("hippo!\0\0x", 9))},
         {"SETRANGE none 5 \"\"", ":0\r\n"},
         {"EXISTS none", ":0\r\n"},
         {"SETRANGE k -1 x", "-ERR offset is out of range\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(writing_a_part_keeps_the_expiry, RedisTalk)
{
    ask({{"SET k v EX 100", ok},
         {"APPEND k w", ":2\r\n"},
         {"SETRANGE k 0 x", ":2\r\n"},
         {"TTL k", ":100\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
