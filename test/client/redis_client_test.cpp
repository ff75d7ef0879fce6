// What kv::RedisClient sends, and what it makes of every reply however it arrives.
#include "client/redis_client.h"

#include "client/errors.h"
#include "test/support/scripted_link.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(redis_client_test)

using namespace std::chrono_literals;
using kv::RedisClient;
using kv::test::arrivals;
using kv::test::Script;
using kv::test::ScriptedLink;

namespace {

/// Holds the conversation `use` once for each way in which `reply` can arrive.
template <class Use>
void converse(std::string_view request, std::string_view reply, Use use)
{
    for (const auto& chunks : arrivals(reply)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        RedisClient client(std::make_unique<ScriptedLink>(script));
        use(client);
        BOOST_TEST(script->sent == request);
        BOOST_TEST(client.is_open());
    }
}

template <class Error>
void fail(std::string_view reply, bool silence = false)
{
    for (const auto& chunks : arrivals(reply)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        script->ends = !silence;
        RedisClient client(std::make_unique<ScriptedLink>(script));
        BOOST_CHECK_THROW((void)client.get("k"), Error);
        BOOST_TEST(!client.is_open());
        BOOST_CHECK_THROW(client.ping(), kv::ConnectionLost);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_command_is_an_array_of_strings_of_any_bytes)
{
    using namespace std::string_literals;
    converse("*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$4\r\n\r\n\0\xff\r\n"s, "+OK\r\n",
             [](RedisClient& client) { client.set("a b", "\r\n\0\xff"s); });
}

BOOST_AUTO_TEST_CASE(a_miss_is_no_value)
{
    converse("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$-1\r\n",
             [](RedisClient& client) { BOOST_TEST(!client.get("k")); });
    converse("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "_\r\n",
             [](RedisClient& client) { BOOST_TEST(!client.get("k")); });
    converse("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$5\r\nhello\r\n",
             [](RedisClient& client) { BOOST_TEST(client.get("k").value() == "hello"); });
}

BOOST_AUTO_TEST_CASE(shorthand)
{
    converse("*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nPX\r\n$4\r\n1500\r\n", "+OK\r\n",
             [](RedisClient& client) { client.set("k", "v", 1500ms); });
    converse("*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nNX\r\n", "$-1\r\n",
             [](RedisClient& client) { BOOST_TEST(!client.add("k", "v")); });
    converse("*3\r\n$6\r\nINCRBY\r\n$1\r\nk\r\n$2\r\n-2\r\n", ":40\r\n",
             [](RedisClient& client) { BOOST_TEST(client.incr("k", -2) == 40); });
    converse("*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n", ":0\r\n",
             [](RedisClient& client) { BOOST_TEST(!client.remove("k")); });
    converse("*3\r\n$7\r\nPEXPIRE\r\n$1\r\nk\r\n$3\r\n100\r\n", ":1\r\n",
             [](RedisClient& client) { BOOST_TEST(client.expire("k", 100ms)); });
}

BOOST_AUTO_TEST_CASE(any_command_returns_any_value)
{
    converse("*2\r\n$7\r\nHGETALL\r\n$1\r\nh\r\n", "%1\r\n$1\r\na\r\n*2\r\n:1\r\n_\r\n",
             [](RedisClient& client) {
                 const auto value = client.command({"HGETALL", "h"});
                 BOOST_CHECK(value.type == kv::resp::Type::map);
                 BOOST_TEST(value.elements.at(1).elements.size() == 2u);
             });
}

BOOST_AUTO_TEST_CASE(an_error_leaves_the_connection_usable)
{
    converse("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "-WRONGTYPE \x1b[2J\r\n", [](RedisClient& client) {
        BOOST_CHECK_EXCEPTION((void)client.get("k"), kv::ServerError,
                              [](const kv::ServerError& error) {
                                  return std::string_view(error.what()) == "WRONGTYPE \\x1b[2J";
                              });
    });
}

BOOST_AUTO_TEST_CASE(a_pipeline_is_answered_in_order_errors_included)
{
    converse("*1\r\n$4\r\nPING\r\n*1\r\n$3\r\nBAD\r\n", "+PONG\r\n-ERR no\r\n",
             [](RedisClient& client) {
                 const std::vector<std::vector<std::string>> commands{{"PING"}, {"BAD"}};
                 const auto replies = client.pipeline(commands);
                 BOOST_TEST(replies.at(0).text == "PONG");
                 BOOST_CHECK(replies.at(1).type == kv::resp::Type::error);
             });
}

BOOST_AUTO_TEST_CASE(nonsense_closes)
{
    for (const std::string reply : {"hello\r\n", "$x\r\n", "$9223372036854775808\r\n", ":1\r\n",
                                    "*1\r\n:1\r\n", "$1\r\nabc\r\n", "*99999999999\r\n"}) {
        fail<kv::NonsenseReply>(reply);
    }
}

BOOST_AUTO_TEST_CASE(half_a_reply_is_never_continued)
{
    const std::string whole = "$5\r\nhello\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        fail<kv::ConnectionLost>(whole.substr(0, size));
        fail<kv::NoReplyInTime>(whole.substr(0, size), true);
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_named_with_its_place)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"*2\r\n$1\r\na\r\n$x\r\n"};
    RedisClient client(std::make_unique<ScriptedLink>(script));
    BOOST_CHECK_EXCEPTION(
        (void)client.get("k"), kv::NonsenseReply, [](const kv::NonsenseReply& error) {
            return std::string_view(error.what()) ==
                   "nonsense from the server: read \"$x\" at byte 11 of the reply, "
                   "expected a length";
        });
}

BOOST_AUTO_TEST_SUITE_END()
