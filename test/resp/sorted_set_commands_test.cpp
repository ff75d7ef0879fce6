// Commands on sorted sets: the replies of Redis 7.0.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(sorted_set_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;

namespace {

constexpr const char* wrong_type =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
constexpr const char* not_a_float = "-ERR value is not a valid float\r\n";
constexpr const char* empty = "*0\r\n";
constexpr std::size_t step = 7;

/// An array of bulk strings, from the words of a line.
std::string bulks(const std::string& line)
{
    return kv::test::request(line);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(members_are_added_and_scored, RedisTalk)
{
    ask({{"ZADD z 1 a 2 b 3 c", ":3\r\n"},
         {"ZADD z 1 a 5 b", ":0\r\n"},
         {"ZADD z CH 1 a 2 b 4 d", ":2\r\n"},
         {"ZSCORE z b", bulk("2")},
         {"ZSCORE z x", null},
         {"ZMSCORE z a x d", "*3\r\n" + bulk("1") + null + bulk("4")},
         {"ZMSCORE none a", std::string("*1\r\n") + null},
         {"ZCARD z", ":4\r\n"},
         {"ZINCRBY z 1.5 a", bulk("2.5")},
         {"ZINCRBY z -2.5 new", bulk("-2.5")},
         {"ZRANK z a", ":2\r\n"},
         {"ZREVRANK z a", ":2\r\n"},
         {"ZRANK z x", null},
         {"ZRANGE z 0 -1 WITHSCORES", bulks("new -2.5 b 2 a 2.5 c 3 d 4")},
         {"ZREM z a x new a", ":2\r\n"},
         {"ZREM z b c d", ":3\r\n"},
         {"EXISTS z", ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_score_is_changed_only_as_the_options_let, RedisTalk)
{
    ask({{"ZADD z XX 1 a", ":0\r\n"},
         {"EXISTS z", ":0\r\n"},
         {"ZADD z NX 1 a", ":1\r\n"},
         {"ZADD z NX CH 2 a", ":0\r\n"},
         {"ZADD z XX CH 2 a 3 b", ":1\r\n"},
         {"ZADD z GT CH 1 a 1 b", ":1\r\n"},
         {"ZADD z LT CH 1 a 2 b", ":1\r\n"},
         {"ZADD z GT INCR -1 a", null},
         {"ZADD z GT INCR 1 a", bulk("2")},
         {"ZADD z NX INCR 1 a", null},
         {"ZADD z XX INCR 1 x", null},
         {"ZADD z INCR inf a", bulk("inf")},
         {"ZADD z INCR -inf a", "-ERR resulting score is not a number (NaN)\r\n"},
         {"ZADD z NX XX 1 a", "-ERR XX and NX options at the same time are not compatible\r\n"},
         {"ZADD z GT LT 1 a",
          "-ERR GT, LT, and/or NX options at the same time are not compatible\r\n"},
         {"ZADD z INCR 1 a 2 b", "-ERR INCR option supports a single increment-element pair\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(scores_are_read_and_written_as_doubles, RedisTalk)
{
    ask({{"ZADD z 0x10 a 3.0e3 b 0.1 c 1e21 d -inf e 123456789012345678 f", ":6\r\n"},
         {"ZRANGE z 0 -1 WITHSCORES", bulks("e -inf c 0.10000000000000001 a 16 b 3000 f "
                                            "1.2345678901234568e+17 d 1e+21")},
         {"ZADD z -0 zero", ":1\r\n"},
         {"ZSCORE z zero", bulk("0")},
         {"ZADD z nan a", not_a_float},
         {"ZADD z \"\" a", not_a_float},
         {"ZADD z 1e5000 a", not_a_float},
         {"ZADD z 1e-5000 a", not_a_float},
         {"ZADD z 1 a x b", not_a_float}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_range_is_by_rank_score_or_member, RedisTalk)
{
    ask({{"ZADD z 1 a 2 b 3 c 4 d", ":4\r\n"},
         {"ZRANGE z 1 -2", bulks("b c")},
         {"ZRANGE z 0 1 REV WITHSCORES", bulks("d 4 c 3")},
         {"ZRANGE z 4 9", empty},
         {"ZREVRANGE z 0 0", bulks("d")},
         {"ZRANGE z (1 3 BYSCORE", bulks("b c")},
         {"ZRANGE z +inf (1 BYSCORE REV LIMIT 1 1", bulks("c")},
         {"ZRANGEBYSCORE z -inf +inf LIMIT 1 -1", bulks("b c d")},
         {"ZRANGEBYSCORE z -inf +inf LIMIT -1 2", empty},
         {"ZRANGEBYSCORE z 3 2", empty},
         {"ZREVRANGEBYSCORE z 3 2 WITHSCORES", bulks("c 3 b 2")},
         {"ZCOUNT z (1 +inf", ":3\r\n"},
         {"ZADD l 0 a 0 b 0 c 0 d", ":4\r\n"},
         {"ZRANGE l [b (d BYLEX", bulks("b c")},
         {"ZRANGE l + (b BYLEX REV LIMIT 0 1", bulks("d")},
         {"ZRANGEBYLEX l - [b", bulks("a b")},
         {"ZREVRANGEBYLEX l [b -", bulks("b a")},
         {"ZRANGEBYLEX l + -", empty},
         {"ZLEXCOUNT l - +", ":4\r\n"},
         {"ZREMRANGEBYLEX l [a (c", ":2\r\n"},
         {"ZREMRANGEBYSCORE z (3 inf", ":1\r\n"},
         {"ZREMRANGEBYRANK z -2 -1", ":2\r\n"},
         {"ZREMRANGEBYRANK z 0 0", ":1\r\n"},
         {"EXISTS z", ":0\r\n"}},
        13);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_range_is_refused, RedisTalk)
{
    const std::string bad_score = "-ERR min or max is not a float\r\n";
    const std::string bad_member = "-ERR min or max not valid string range item\r\n";
    ask({{"ZRANGE z 0 x", not_an_integer},
         {"ZCOUNT z x 1", bad_score},
         {"ZCOUNT z nan 1", bad_score},
         {"ZRANGEBYLEX z a +", bad_member},
         {"ZLEXCOUNT z - +x", bad_member},
         {"ZRANGE z 0 1 LIMIT 0 1",
          "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or "
          "BYLEX\r\n"},
         {"ZRANGEBYLEX z - + WITHSCORES",
          "-ERR syntax error, WITHSCORES not supported in combination with BYLEX\r\n"},
         {"ZRANGE z 0 1 BYSCORE BYLEX", syntax_error},
         {"ZRANGESTORE d z 0 1 WITHSCORES", syntax_error},
         {"ZRANGEBYSCORE z 0 1 REV", syntax_error}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_range_is_stored, RedisTalk)
{
    ask({{"ZADD z 1 a 2 b 3 c", ":3\r\n"},
         {"SET d x", ok},
         {"ZRANGESTORE d z (1 inf BYSCORE", ":2\r\n"},
         {"ZRANGE d 0 -1 WITHSCORES", bulks("b 2 c 3")},
         {"ZRANGESTORE z z 0 0 REV", ":1\r\n"},
         {"ZRANGE z 0 -1", bulks("c")},
         {"ZRANGESTORE d none 0 -1", ":0\r\n"},
         {"EXISTS d", ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(members_are_popped_from_both_ends, RedisTalk)
{
    ask({{"ZADD z 1 a 2 b 3 c 4 d 5 e", ":5\r\n"},
         {"ZPOPMIN z", bulks("a 1")},
         {"ZPOPMAX z 2", bulks("e 5 d 4")},
         {"ZPOPMIN z 0", empty},
         {"ZPOPMIN none", empty},
         {"ZPOPMIN z -1", "-ERR value is out of range, must be positive\r\n"},
         {"ZMPOP 2 none z MAX", "*2\r\n" + bulk("z") + "*1\r\n" + bulks("c 3")},
         {"ZMPOP 1 z MIN COUNT 9", "*2\r\n" + bulk("z") + "*1\r\n" + bulks("b 2")},
         {"ZMPOP 1 z MIN", "*-1\r\n"},
         {"ZMPOP 0 z MIN", "-ERR numkeys should be greater than 0\r\n"},
         {"ZMPOP 1 z MIN COUNT 0", "-ERR count should be greater than 0\r\n"},
         {"ZMPOP 2 z MIN", syntax_error},
         {"EXISTS z", ":0\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(sorted_sets_and_sets_are_united_and_compared, RedisTalk)
{
    ask({{"ZADD x 1 a 2 b 3 c", ":3\r\n"},
         {"ZADD y 10 b 20 c 30 d", ":3\r\n"},
         {"ZUNION 2 x y WITHSCORES", bulks("a 1 b 12 c 23 d 30")},
         {"ZUNION 2 x y WEIGHTS 2 -1 AGGREGATE MIN WITHSCORES", bulks("d -30 c -20 b -10 a 2")},
         {"ZINTER 3 x y none", empty},
         {"ZINTER 2 x y AGGREGATE max WITHSCORES", bulks("b 10 c 20")},
         {"ZUNION 2 x x WITHSCORES", bulks("a 2 b 4 c 6")},
         {"ZDIFF 2 x y WITHSCORES", bulks("a 1")},
         {"ZDIFF 2 x x", empty},
         {"ZINTERCARD 2 x y", ":2\r\n"},
         {"ZINTERCARD 2 x y LIMIT 1", ":1\r\n"},
         {"ZUNIONSTORE x 2 x y", ":4\r\n"},
         {"ZRANGE x 0 -1 WITHSCORES", bulks("a 1 b 12 c 23 d 30")},
         {"ZDIFFSTORE d 2 x y", ":1\r\n"},
         {"ZINTERSTORE d 2 x none", ":0\r\n"},
         {"EXISTS d", ":0\r\n"},
         {"ZADD i inf a", ":1\r\n"},
         {"ZUNION 2 i i WEIGHTS 1 -1 WITHSCORES", bulks("a 0")}},
        13);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_union_is_refused, RedisTalk)
{
    ask({{"ZUNION x z", not_an_integer},
         {"ZUNION 0 z", "-ERR at least 1 input key is needed for 'zunion' command\r\n"},
         {"ZINTERSTORE d 2 z", syntax_error},
         {"ZUNION 1 z WEIGHTS x", "-ERR weight value is not a float\r\n"},
         {"ZUNION 1 z AGGREGATE x", syntax_error},
         {"ZDIFF 1 z WEIGHTS 1", syntax_error},
         {"ZUNIONSTORE d 1 z WITHSCORES", syntax_error},
         {"ZINTERCARD 1 z LIMIT -1", "-ERR LIMIT can't be negative\r\n"}},
        step);
}

BOOST_FIXTURE_TEST_CASE(a_value_of_another_type_is_left_alone, RedisTalk)
{
    ask({{"SET s x", ok},
         {"ZADD s x a", not_a_float},
         {"ZADD s 1 a", wrong_type},
         {"ZREM s a", wrong_type},
         {"ZSCORE s a", wrong_type},
         {"ZRANGE s 0 -1", wrong_type},
         {"ZRANGESTORE d s 0 -1", wrong_type},
         {"ZREMRANGEBYRANK s 0 -1", wrong_type},
         {"ZPOPMIN s 0", wrong_type},
         {"ZMPOP 2 none s MIN", wrong_type},
         {"ZRANDMEMBER s", wrong_type},
         {"ZSCAN s 0 x", wrong_type},
         {"ZUNION 1 s x", wrong_type},
         {"ZADD z 1 a", ":1\r\n"},
         {"GET z", wrong_type},
         {"GET s", bulk("x")}},
        13);
}

BOOST_FIXTURE_TEST_CASE(members_are_drawn_and_scanned, RedisTalk)
{
    ask({{"ZADD z 1 a 2 b 3 ab", ":3\r\n"},
         {"ZRANDMEMBER z 5 WITHSCORES", bulks("ab 3 b 2 a 1")},
         {"ZRANDMEMBER z 0", empty},
         {"ZRANDMEMBER none", null},
         {"ZRANDMEMBER none 1", empty},
         {"ZRANDMEMBER z 1 x", syntax_error},
         {"ZRANDMEMBER z -9223372036854775807 WITHSCORES", "-ERR value is out of range\r\n"},
         {"ZSCAN z 0", "*2\r\n" + bulk("0") + bulks("a 1 b 2 ab 3")},
         {"ZSCAN z 0 MATCH a* COUNT 1", "*2\r\n" + bulk("0") + bulks("a 1 ab 3")},
         {"ZADD w 1e17 a 0.5 b", ":2\r\n"},
         {"ZSCAN w 0", "*2\r\n" + bulk("0") + bulks("b 0.5 a 100000000000000000")},
         {"ZSCAN none 0 x", "*2\r\n" + bulk("0") + "*0\r\n"},
         {"ZSCAN z x", "-ERR invalid cursor\r\n"},
         {"ZSCAN z 0 x", syntax_error},
         {"ZREM z a b", ":2\r\n"},
         {"ZRANDMEMBER z", bulk("ab")},
         {"ZRANDMEMBER z -3", bulks("ab ab ab")}},
        step);
}

BOOST_FIXTURE_TEST_CASE(many_members_are_a_table_that_does_the_same, RedisTalk)
{
    std::string pairs;
    std::string members;
    for (int i = 100; i < 300; ++i) {
        pairs += " " + std::to_string(400 - i) + " m" + std::to_string(i);
        members += " m" + std::to_string(399 - i);
    }
    ask({{"ZADD z" + pairs, ":200\r\n"},
         {"OBJECT ENCODING z", bulk("skiplist")},
         {"ZRANGE z 0 -1", bulks(members)},
         {"ZRANGE z (299 298 BYSCORE REV WITHSCORES", bulks("m102 298")},
         {"ZRANK z m298", ":1\r\n"},
         {"ZCOUNT z 102 104", ":3\r\n"},
         {"ZREMRANGEBYRANK z 1 -2", ":198\r\n"},
         {"ZRANGE z 0 -1 WITHSCORES", bulks("m299 101 m100 300")}},
        997);
}

BOOST_FIXTURE_TEST_CASE(members_are_stored_in_a_transaction, RedisTalk)
{
    ask({{"MULTI", ok},
         {"ZADD z 1 a 2 b", "+QUEUED\r\n"},
         {"ZUNIONSTORE d 2 z z", "+QUEUED\r\n"},
         {"ZRANGESTORE d d 0 0", "+QUEUED\r\n"},
         {"ZPOPMIN d", "+QUEUED\r\n"},
         {"EXEC", "*4\r\n:2\r\n:2\r\n:1\r\n" + bulks("a 2")},
         {"EXISTS d z", ":1\r\n"}},
        step);
}

BOOST_AUTO_TEST_SUITE_END()
