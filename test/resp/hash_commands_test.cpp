// Commands on hashes: the replies of Redis 7.0.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(hash_commands_test)

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

BOOST_FIXTURE_TEST_CASE(fields_are_set_read_and_removed, RedisTalk)
{
    ask({{"HSET h a 1 b 2 a 3", ":2\r\n"},
         {"HSET h b 4 c \"\"", ":1\r\n"},
         {"HMSET h d 5", ok},
         {"HSETNX h a 9", ":0\r\n"},
         {"HSETNX h e 6", ":1\r\n"},
         {"HGET h a", bulk("3")},
         {"HGET h x", null},
         {"HMGET h b x c", "*3\r\n" + bulk("4") + null + bulk("")},
         {"HGETALL h", bulks("a 3 b 4 c \"\" d 5 e 6")},
         {"HKEYS h", bulks("a b c d e")},
         {"HVALS h", bulks("3 4 \"\" 5 6")},
         {"HLEN h", ":5\r\n"},
         {"HSTRLEN h c", ":0\r\n"},
         {"HEXISTS h c", ":1\r\n"},
         {"HDEL h a x a b", ":2\r\n"},
         {"HEXISTS h a", ":0\r\n"},
         {"HDEL h c d e", ":3\r\n"},
         {"EXISTS h", ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_hash_that_is_not_there_has_no_fields, RedisTalk)
{
    ask({{"HGET n f", null},
         {"HMGET n f g", std::string("*2\r\n") + null + null},
         {"HGETALL n", empty},
         {"HKEYS n", empty},
         {"HLEN n", ":0\r\n"},
         {"HSTRLEN n f", ":0\r\n"},
         {"HDEL n f", ":0\r\n"},
         {"HRANDFIELD n", null},
         {"HRANDFIELD n 2", empty},
         {"HSCAN n 0", "*2\r\n" + bulk("0") + empty},
         {"EXISTS n", ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(numbers_in_fields_are_counted, RedisTalk)
{
    const std::string overflow = "-ERR increment or decrement would overflow\r\n";
    ask({{"HINCRBY h n 5", ":5\r\n"},
         {"HINCRBY h n -7", ":-2\r\n"},
         {"HINCRBY h n 1.5", not_an_integer},
         {"HSET h t 01 max 9223372036854775807", ":2\r\n"},
         {"HINCRBY h t 1", "-ERR hash value is not an integer\r\n"},
         {"HINCRBY h max 1", overflow},
         {"HINCRBYFLOAT h n 1.5", bulk("-0.5")},
         {"HINCRBYFLOAT h new 1.10", bulk("1.1")},
         {"HINCRBYFLOAT h n x", "-ERR value is not a valid float\r\n"},
         {"HINCRBYFLOAT h n inf", "-ERR value is NaN or Infinity\r\n"},
         {"HSET h t abc i inf", ":1\r\n"},
         {"HINCRBYFLOAT h t 1", "-ERR hash value is not a float\r\n"},
         {"HINCRBYFLOAT h i 1", "-ERR increment would produce NaN or Infinity\r\n"},
         {"HMGET h n new max", bulks("-0.5 1.1 9223372036854775807")}},
        step);
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_with_a_command_is_found_in_redis_order, RedisTalk)
{
    const std::string range =
        "-ERR value is out of range, value must between -9223372036854775807 and "
        "9223372036854775807\r\n";
    ask({{"SET s x", ok},
         {"HSET s f 1", wrong_type},
         {"HSET s f 1 g", "-ERR wrong number of arguments for 'hset' command\r\n"},
         {"HMSET s f 1 g", "-ERR wrong number of arguments for 'hmset' command\r\n"},
         {"HGETALL s", wrong_type},
         {"HINCRBY s f x", not_an_integer},
         {"HINCRBYFLOAT s f 1", wrong_type},
         {"HRANDFIELD s x", not_an_integer},
         {"HRANDFIELD s 1 x", syntax_error},
         {"HRANDFIELD s 1", wrong_type},
         {"HRANDFIELD s -9223372036854775808", range},
         {"HRANDFIELD s -4611686018427387905 WITHVALUES", "-ERR value is out of range\r\n"},
         {"HSCAN s x", "-ERR invalid cursor\r\n"},
         {"HSCAN s 0 COUNT 0", wrong_type}},
        step);
}

BOOST_FIXTURE_TEST_CASE(fields_are_drawn_and_scanned, RedisTalk)
{
    ask({{"HSET h f 1", ":1\r\n"},
         {"HRANDFIELD h", bulk("f")},
         {"HRANDFIELD h 5", bulks("f")},
         {"HRANDFIELD h -3", bulks("f f f")},
         {"HRANDFIELD h -2 WITHVALUES", bulks("f 1 f 1")},
         {"HRANDFIELD h 0", empty},
         {"HSET h g 2", ":1\r\n"},
         {"HSCAN h 0 MATCH g*", "*2\r\n" + bulk("0") + bulks("g 2")},
         {"HSCAN h 0 COUNT 0", syntax_error}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_hash_has_the_encodings_of_redis, RedisTalk)
{
    const std::string longest(64, 'x');
    ask({{"HSET h f " + longest, ":1\r\n"},
         {"OBJECT ENCODING h", bulk("listpack")},
         {"HSET h f " + longest + "x", ":0\r\n"},
         {"OBJECT ENCODING h", bulk("hashtable")}},
        step);
}

BOOST_AUTO_TEST_SUITE_END()
