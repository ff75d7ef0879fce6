// When keys go by themselves.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(expiring_commands_test)

using kv::test::RedisTalk;

BOOST_FIXTURE_TEST_CASE(an_expiry_is_given_told_and_taken_away, RedisTalk)
{
    ask({{"TTL k", ":-2\r\n"},
         {"EXPIRE k 100", ":0\r\n"},
         {"SET k v", ok},
         {"TTL k", ":-1\r\n"},
         {"PERSIST k", ":0\r\n"},
         {"EXPIRE k 100", ":1\r\n"},
         {"TTL k", ":100\r\n"},
         {"PTTL k", ":100000\r\n"},
         {"PEXPIRE k 1499", ":1\r\n"},
         {"TTL k", ":1\r\n"},
         {"PEXPIRE k 1500", ":1\r\n"},
         {"TTL k", ":2\r\n"},
         {"PERSIST k", ":1\r\n"},
         {"TTL k", ":-1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(an_expiry_may_be_a_time_of_day, RedisTalk)
{
    ask({{"SET k v", ok},
         {"EXPIREAT k 4102444800", ":1\r\n"},
         {"EXPIRETIME k", ":4102444800\r\n"},
         {"PEXPIREAT k 4102444800123", ":1\r\n"},
         {"PEXPIRETIME k", ":4102444800123\r\n"},
         {"EXPIRETIME none", ":-2\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(an_expiry_in_the_past_removes_the_key, RedisTalk)
{
    ask({{"SET k v", ok},
         {"EXPIRE k -1", ":1\r\n"},
         {"EXISTS k", ":0\r\n"},
         {"SET k v", ok},
         {"PEXPIREAT k 1", ":1\r\n"},
         {"EXISTS k", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(an_expiry_may_depend_on_the_present_one, RedisTalk)
{
    ask({{"SET k v", ok},
         {"EXPIRE k 100 XX", ":0\r\n"},
         {"EXPIRE k 100 GT", ":0\r\n"},
         {"EXPIRE k 100 LT", ":1\r\n"},
         {"EXPIRE k 200 NX", ":0\r\n"},
         {"EXPIRE k 100 GT", ":0\r\n"},
         {"EXPIRE k 200 gt", ":1\r\n"},
         {"EXPIRE k 200 LT", ":0\r\n"},
         {"EXPIRE k 100 XX LT", ":1\r\n"},
         {"TTL k", ":100\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(options_that_do_not_fit_together_are_an_error, RedisTalk)
{
    ask_each({"EXPIRE k 1 NX XX", "EXPIRE k 1 NX GT"},
             "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n");
    ask_each({"EXPIRE k 1 GT LT"},
             "-ERR GT and LT options at the same time are not compatible\r\n");
    ask_each({"EXPIRE k 1 no"}, "-ERR Unsupported option no\r\n");
    ask_each({"EXPIRE k x"}, not_an_integer);
    ask_each({"EXPIRE k 9223372036854775807"}, "-ERR invalid expire time in 'expire' command\r\n");
}

BOOST_AUTO_TEST_CASE(a_key_goes_when_its_time_has_come)
{
    kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    const RedisTalk talk;
    const auto say = [&](const std::string& line) {
        kv::test::ScriptedTransport peer;
        peer.sends(kv::test::request(line));
        return talk.hold(peer, store).replies;
    };
    BOOST_TEST(say("SET k v PX 1500") == "+OK\r\n");
    clock.advance(std::chrono::milliseconds(1499));
    BOOST_TEST(say("PTTL k") == ":1\r\n");
    clock.advance(std::chrono::milliseconds(1));
    BOOST_TEST(say("GET k") == "$-1\r\n");
    BOOST_TEST(say("SET k v NX") == "+OK\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
