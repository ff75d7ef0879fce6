// How a request may be written: as an array of bulk strings, or on one line.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(redis_requests_test)

using kv::test::array_of;
using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

BOOST_FIXTURE_TEST_CASE(a_request_is_an_array_of_bulk_strings, RedisTalk)
{
    check({{"*1\r\n$4\r\nPING\r\n", "+PONG\r\n"},
           {"*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n", "$5\r\nhello\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(names_of_commands_may_be_in_any_case, RedisTalk)
{
    ask({{"ping", "+PONG\r\n"}, {"PiNg", "+PONG\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(words_may_hold_any_bytes, RedisTalk)
{
    const std::string bytes("\0\r\n$5\r\n*1\r\n\xff", 12);
    check({{array_of({"SET", bytes, bytes}), ok}, {array_of({"GET", bytes}), bulk(bytes)}});
}

BOOST_FIXTURE_TEST_CASE(an_array_of_nothing_is_not_answered, RedisTalk)
{
    check({{"*0\r\n", ""}, {"*-1\r\n", ""}, {request("PING"), "+PONG\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_command_may_be_typed_on_a_line, RedisTalk)
{
    check({{"PING\r\n", "+PONG\r\n"},
           {"SET k \"two words\"\r\n", ok},
           {"GET k\n", "$9\r\ntwo words\r\n"},
           {"  get   k  \r\n", "$9\r\ntwo words\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(quotes_on_a_line_hold_any_bytes, RedisTalk)
{
    check({{"SET k \"a\\x00\\r\\n\\\"b\"\r\n", ok},
           {request("GET k"), bulk(std::string("a\0\r\n\"b", 6))},
           {"SET k 'a\\'b'\r\n", ok},
           {request("GET k"), bulk("a'b")},
           {"SET k \"\"\r\n", ok},
           {request("GET k"), bulk("")}});
}

BOOST_FIXTURE_TEST_CASE(an_empty_line_is_not_answered, RedisTalk)
{
    check({{"\r\n", ""}, {"\n", ""}, {"   \r\n", ""}, {"PING\r\n", "+PONG\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(other_types_of_resp_are_words_on_a_line, RedisTalk)
{
    check({{"$3\r\n", "-ERR unknown command '$3', with args beginning with: \r\n"},
           {"+PING\r\n", "-ERR unknown command '+PING', with args beginning with: \r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_value_larger_than_the_streams_buffer_arrives_whole, RedisTalk)
{
    std::string value(50'000, 'v');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 7);
    check({{array_of({"SET", "k", value, "EX", "100"}), ok},
           {request("GET k"), bulk(value)},
           {request("TTL k"), ":100\r\n"},
           {array_of({"ECHO", value}), bulk(value)}},
          997);
}

BOOST_FIXTURE_TEST_CASE(a_pipeline_is_answered_in_order, RedisTalk)
{
    std::string sent;
    std::string expected;
    for (int i = 0; i < 500; ++i) {
        sent += request("SET k " + std::to_string(i)) + request("GET k");
        expected += ok + bulk(std::to_string(i));
    }
    check({{sent, expected}}, 499);
}

BOOST_FIXTURE_TEST_CASE(quit_is_answered_and_ends_the_conversation, RedisTalk)
{
    check_closed({{request("QUIT"), ok}});
}

// What is read ahead into a draft, and then found to be in the wrong place, is still a word.
BOOST_FIXTURE_TEST_CASE(a_bad_option_behind_a_value_changes_nothing, RedisTalk)
{
    ask({{"SET k v", ok}, {"SET k w NONSENSE", syntax_error}, {"GET k", bulk("v")}});
}

BOOST_AUTO_TEST_SUITE_END()
