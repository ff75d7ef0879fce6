#define BOOST_TEST_MODULE miniredis_dialect
#include "server/miniredis/dialect.h"

#include "test/support/conversation.h"
#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <string>

using kv::test::Limits;
using kv::test::ScriptedTransport;
using Talk = kv::test::Talk<kv::miniredis::Dialect>;

namespace {

const std::string set_k = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n";
const std::string get_k = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_value_is_set_read_and_deleted)
{
    Talk().check({{get_k, "$-1\r\n"},
                  {set_k + "$5\r\nhello\r\n", ":1\r\n"},
                  {get_k, "$5\r\nhello\r\n"},
                  {"*2\r\n$6\r\nDELETE\r\n$1\r\nk\r\n", ":1\r\n"},
                  {"*2\r\n$6\r\nDELETE\r\n$1\r\nk\r\n", ":0\r\n"},
                  {get_k, "$-1\r\n"}});
}

BOOST_AUTO_TEST_CASE(many_are_set_read_and_counted)
{
    Talk().check({{"*5\r\n$4\r\nMSET\r\n+a\r\n:1\r\n+b\r\n+x\r\n", ":2\r\n"},
                  {"*4\r\n$4\r\nMGET\r\n+a\r\n+none\r\n+b\r\n", "*3\r\n:1\r\n$-1\r\n$1\r\nx\r\n"},
                  {"*1\r\n$5\r\nFLUSH\r\n", ":2\r\n"},
                  {"*1\r\n$5\r\nFLUSH\r\n", ":0\r\n"},
                  {"*1\r\n$4\r\nMGET\r\n", "*0\r\n"},
                  {"*1\r\n$4\r\nMSET\r\n", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(flush_counts_what_has_not_expired, kv::test::StoreTalk)
{
    put("live", "1");
    put("gone", "1", in(std::chrono::seconds(1)));
    clock.advance(std::chrono::seconds(1));
    ScriptedTransport peer;
    peer.sends("+FLUSH\r\n");
    BOOST_TEST(Talk().hold(peer, store).replies == ":1\r\n");
}

BOOST_AUTO_TEST_CASE(of_two_values_for_one_key_the_last_stays)
{
    Talk().check(
        {{"+MSET a 1 a 2\r\n", ":2\r\n"}, {"+GET a\r\n", "$1\r\n2\r\n"}, {"+FLUSH\r\n", ":1\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_nested_value_comes_back_as_it_went_in)
{
    const std::string value =
        "%2\r\n$1\r\na\r\n*4\r\n:-5\r\n$-1\r\n$4\r\n\r\n\r\n\r\n*0\r\n:7\r\n%1\r\n$0\r\n\r\n-"
        "oops\r\n";
    Talk().check({{set_k + value, ":1\r\n"}, {get_k, value}});
}

BOOST_AUTO_TEST_CASE(a_text_comes_back_as_a_string_and_a_number_in_its_shortest_form)
{
    Talk().check({{set_k + "*3\r\n+text\r\n:+007\r\n:-0\r\n", ":1\r\n"},
                  {get_k, "*3\r\n$4\r\ntext\r\n:7\r\n:0\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_string_is_cut_at_its_blanks)
{
    Talk().check({{"+set k one\r\n", ":1\r\n"},
                  {"$9\r\n GET\t k\r\n\r\n", "$3\r\none\r\n"},
                  {"+delete   k\r\n", ":1\r\n"}});
}

BOOST_AUTO_TEST_CASE(an_integer_key_is_its_decimal_text)
{
    Talk().check({{"*3\r\n+SET\r\n:-12\r\n+x\r\n", ":1\r\n"}, {"+GET -12\r\n", "$1\r\nx\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_carried_out_is_an_error_and_the_next_request_is_served)
{
    const std::string one = "*1\r\n";
    Talk().check({{"*2\r\n+NEVER\r\n%1\r\n+a\r\n*1\r\n:1\r\n", "-ERR unknown command\r\n"},
                  {"*0\r\n", "-ERR missing command\r\n"},
                  {"+\r\n", "-ERR missing command\r\n"},
                  {"+GET\r\n", "-ERR wrong number of arguments\r\n"},
                  {"+SET k v w\r\n", "-ERR wrong number of arguments\r\n"},
                  {"+MSET a 1 b\r\n", "-ERR wrong number of arguments for MSET\r\n"},
                  {"*2\r\n:1\r\n+k\r\n", "-ERR a command is a string\r\n"},
                  {":5\r\n", "-ERR a request is an array or a string\r\n"},
                  {"%1\r\n+GET\r\n*1\r\n$1\r\nk\r\n", "-ERR a request is an array or a string\r\n"},
                  {"$-1\r\n", "-ERR a request is an array or a string\r\n"},
                  {"*2\r\n+GET\r\n" + one + one + ":1\r\n",
                   "-ERR a key is a string of 1 to 65536 bytes or an integer\r\n"},
                  {"*3\r\n+SET\r\n$0\r\n\r\n" + one + "+v\r\n",
                   "-ERR a key is a string of 1 to 65536 bytes or an integer\r\n"},
                  {set_k + "%1\r\n*0\r\n:1\r\n",
                   "-ERR a list, dictionary or set cannot be a dictionary's key or in a set\r\n"},
                  {"+FLUSH\r\n", ":0\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_read_and_refused)
{
    Talk(Limits{0, 10})
        .check({{set_k + "$11\r\n01234567890\r\n", "-ERR object too large\r\n"},
                {set_k + "*2\r\n$5\r\n01234\r\n$4\r\n0123\r\n", "-ERR object too large\r\n"},
                {"*3\r\n+MSET\r\n+a\r\n$11\r\n01234567890\r\n", "-ERR object too large\r\n"},
                {set_k + "$10\r\n0123456789\r\n", ":1\r\n"},
                {get_k, "$10\r\n0123456789\r\n"}});
}

BOOST_AUTO_TEST_CASE(memory_that_runs_out_is_an_error)
{
    Talk(Limits{400, 1000})
        .check({{set_k + "$500\r\n" + std::string(500, 'x') + "\r\n",
                 "-ERR out of memory storing object\r\n"},
                {set_k + "*1\r\n$500\r\n" + std::string(500, 'x') + "\r\n",
                 "-ERR out of memory storing object\r\n"},
                {get_k, "$-1\r\n"}});
}

BOOST_AUTO_TEST_CASE(the_keys_of_a_long_mget_take_memory_too)
{
    std::string mget = "*1001\r\n+MGET\r\n";
    for (int i = 0; i < 1000; ++i) mget += "+" + std::string(100, 'k') + "\r\n";
    Talk(Limits{10'000, 1000})
        .check({{mget, "-ERR out of memory\r\n"}, {"+MGET k\r\n", "*1\r\n$-1\r\n"}}, 9973);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_followed_ends_the_conversation)
{
    const std::string error = "-ERR Protocol error: ";
    Talk().check_closed({{"*1000000000\r\n", error + "length too large\r\n"}});
    Talk().check_closed({{"*1\r\n$2147483648\r\n", error + "length too large\r\n"}});
    Talk().check_closed({{"*-2\r\n", error + "invalid length\r\n"}});
    Talk().check_closed({{"*2\r\n+GET\r\n$-2\r\n", error + "invalid length\r\n"}});
    Talk().check_closed({{set_k + ":1.5\r\n", error + "invalid integer\r\n"}});
    Talk().check_closed({{set_k + "$1\r\nxx\r\n", error + "string longer than its length\r\n"}});
    Talk().check_closed({{"\r\n", error + "unknown type\r\n"}});
    Talk().check_closed({{"-a\rb\r\n", error + "carriage return inside a line\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_value_too_deep_ends_the_conversation)
{
    std::string deep = set_k;
    for (std::size_t i = 0; i <= kv::max_nested_depth; ++i) deep += "*1\r\n";
    Talk().check_closed({{deep, "-ERR Protocol error: arrays nested too deeply\r\n"}});
}

BOOST_AUTO_TEST_CASE(other_protocols_are_not_waited_for)
{
    for (const std::string opening :
         {"POST / HTTP/1.1\r\n", "Host: here\r\n", "SSH-2.0-x\r\n", "\x16\x03\x01"}) {
        ScriptedTransport peer;
        peer.sends(opening).sends("+FLUSH\r\n");
        const auto held = Talk().hold(peer);
        BOOST_TEST(held.replies == "-ERR Protocol error: line too long\r\n");
        BOOST_REQUIRE(held.ended.has_value());
        BOOST_TEST((*held.ended == kv::Ended::by_us));
    }
}

BOOST_AUTO_TEST_CASE(a_request_cut_anywhere_changes_nothing)
{
    const std::string request = set_k + "%1\r\n$1\r\na\r\n*2\r\n:1\r\n$3\r\nxyz\r\n";
    for (std::size_t size = 0; size < request.size(); ++size) {
        kv::test::ManualClock clock;
        kv::Store store(clock, 0);
        ScriptedTransport peer;
        peer.sends(request.substr(0, size));
        const auto held = Talk().hold(peer, store);
        BOOST_TEST(held.replies == "");
        BOOST_TEST(store.budget().used() == 0U);
    }
}
