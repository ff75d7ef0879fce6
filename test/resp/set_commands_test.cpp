// Commands on sets: the replies of Redis 7.0.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(set_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;

namespace {

constexpr const char* wrong_type =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
constexpr const char* empty = "*0\r\n";
constexpr std::size_t step = 7;

/// An array of bulk strings, from the words of a line.
std::string bulks(const std::string& line)
{
    return kv::test::request(line);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(members_are_added_looked_up_and_removed, RedisTalk)
{
    ask({{"SADD s a b a \"\"", ":3\r\n"},
         {"SADD s b c", ":1\r\n"},
         {"SMEMBERS s", bulks("a b \"\" c")},
         {"SCARD s", ":4\r\n"},
         {"SISMEMBER s a", ":1\r\n"},
         {"SMISMEMBER s x a", "*2\r\n:0\r\n:1\r\n"},
         {"SREM s a x a", ":1\r\n"},
         {"SSCAN s 0 MATCH ?", "*2\r\n" + bulk("0") + bulks("b c")},
         {"SREM s b c \"\"", ":3\r\n"},
         {"EXISTS s", ":0\r\n"},
         {"SMEMBERS s", empty},
         {"SMISMEMBER s a b", "*2\r\n:0\r\n:0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_member_moves_between_sets, RedisTalk)
{
    ask({{"SADD a x y", ":2\r\n"},
         {"SET s x", ok},
         {"SMOVE a b x", ":1\r\n"},
         {"SMOVE a b x", ":0\r\n"},
         {"SADD a x", ":1\r\n"},
         {"SMOVE a b x", ":1\r\n"},
         {"SMOVE a a y", ":1\r\n"},
         {"SMOVE a a z", ":0\r\n"},
         {"SMOVE a s z", wrong_type},
         {"SMOVE none s z", ":0\r\n"},
         {"SMOVE a b y", ":1\r\n"},
         {"EXISTS a", ":0\r\n"},
         {"SMEMBERS b", bulks("x y")}},
        step);
}

BOOST_FIXTURE_TEST_CASE(sets_are_united_intersected_and_subtracted, RedisTalk)
{
    ask({{"SADD a 1 2 3", ":3\r\n"},
         {"SADD b 2 3 4 5", ":4\r\n"},
         {"SADD c 3", ":1\r\n"},
         {"SUNION c a none", bulks("1 2 3")},
         {"SINTER a b", bulks("2 3")},
         {"SINTER a a none", empty},
         {"SDIFF a c none", bulks("1 2")},
         {"SDIFF none a", empty},
         {"SDIFF a a", empty},
         {"SUNIONSTORE d a b c", ":5\r\n"},
         {"SINTERSTORE a a b", ":2\r\n"},
         {"SMEMBERS a", bulks("2 3")},
         {"SDIFFSTORE d d b", ":1\r\n"},
         {"SMEMBERS d", bulks("1")},
         {"SDIFFSTORE d a b", ":0\r\n"},
         {"EXISTS d", ":0\r\n"},
         {"SET s x", ok},
         {"SUNIONSTORE s s a", wrong_type},
         {"SUNIONSTORE s c", ":1\r\n"},
         {"TYPE s", "+set\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(an_intersection_is_counted_up_to_a_limit, RedisTalk)
{
    const std::string negative = "-ERR LIMIT can't be negative\r\n";
    ask({{"SADD a 1 2 3", ":3\r\n"},
         {"SADD b 2 3 4", ":3\r\n"},
         {"SET s x", ok},
         {"SINTERCARD 2 a b", ":2\r\n"},
         {"SINTERCARD 2 a b LIMIT 0", ":2\r\n"},
         {"SINTERCARD 2 a b LIMIT 3 LIMIT 1", ":1\r\n"},
         {"SINTERCARD 2 a none", ":0\r\n"},
         {"SINTERCARD 2 none s", wrong_type},
         {"SINTERCARD 0 a", "-ERR numkeys should be greater than 0\r\n"},
         {"SINTERCARD x a", "-ERR numkeys should be greater than 0\r\n"},
         {"SINTERCARD 2 a", "-ERR Number of keys can't be greater than number of args\r\n"},
         {"SINTERCARD 1 s LIMIT -1", negative},
         {"SINTERCARD 1 s LIMIT", syntax_error},
         {"SINTERCARD 1 s x", syntax_error}},
        step);
}

BOOST_FIXTURE_TEST_CASE(members_are_drawn, RedisTalk)
{
    const std::string negative = "-ERR value is out of range, must be positive\r\n";
    ask({{"SADD s a", ":1\r\n"},
         {"SRANDMEMBER s", bulk("a")},
         {"SRANDMEMBER s 3", bulks("a")},
         {"SRANDMEMBER s -3", bulks("a a a")},
         {"SRANDMEMBER s 0", empty},
         {"SRANDMEMBER s x", not_an_integer},
         {"SRANDMEMBER s 1 2", syntax_error},
         {"SRANDMEMBER none", null},
         {"SRANDMEMBER none -2", empty},
         {"SPOP s 0", empty},
         {"SPOP s", bulk("a")},
         {"SPOP s", null},
         {"SPOP s 2", empty},
         {"SADD s a b", ":2\r\n"},
         {"SPOP s 3", bulks("a b")},
         {"EXISTS s", ":0\r\n"},
         {"SPOP s -1", negative},
         {"SPOP s x", negative},
         {"SPOP s 1 2", syntax_error}},
        step);
}

// Of a thousand some: few are drawn one by one, many from a copy.
BOOST_FIXTURE_TEST_CASE(what_is_popped_is_gone_and_was_there_once, RedisTalk)
{
    std::string all;
    for (int i = 0; i < 1000; ++i) all += " member:" + std::to_string(i);
    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
    const auto answer = [&](const std::string& line) {
        kv::test::ScriptedTransport peer;
        peer.sends(kv::test::request(line));
        return hold(peer, store).replies;
    };
    BOOST_TEST(answer("SADD s" + all) == ":1000\r\n");
    int left = 1000;
    for (const int count : {10, 500, 1, 400}) {
        const std::string popped = answer("SPOP s " + std::to_string(count));
        BOOST_TEST(popped.starts_with("*" + std::to_string(count) + "\r\n"));
        left -= count;
        BOOST_TEST(answer("SCARD s") == ":" + std::to_string(left) + "\r\n");
    }
    BOOST_TEST(answer("SRANDMEMBER s 89").size() == answer("SMEMBERS s").size());
}

BOOST_FIXTURE_TEST_CASE(a_set_has_the_encodings_of_redis, RedisTalk)
{
    std::string numbers;
    for (int i = 0; i < 512; ++i) numbers += " " + std::to_string(i);
    ask({{"SADD s" + numbers, ":512\r\n"},
         {"OBJECT ENCODING s", bulk("intset")},
         {"SADD s 512", ":1\r\n"},
         {"OBJECT ENCODING s", bulk("hashtable")},
         {"SADD a -9223372036854775808 1 x", ":3\r\n"},
         {"SREM a x", ":1\r\n"},
         {"OBJECT ENCODING a", bulk("hashtable")},
         {"SUNIONSTORE b a", ":2\r\n"},
         {"OBJECT ENCODING b", bulk("intset")},
         {"COPY b c", ":1\r\n"},
         {"OBJECT ENCODING c", bulk("intset")}},
        997);
    for (const char* text : {"01", "+1", "-0", "1.0", "9223372036854775808", "\"\""}) {
        BOOST_TEST_CONTEXT(text)
        {
            ask({{"SADD s " + std::string(text), ":1\r\n"},
                 {"OBJECT ENCODING s", bulk("hashtable")}});
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
