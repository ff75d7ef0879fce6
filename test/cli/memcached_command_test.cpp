// Commands as typed, and the bytes they become.
#include "client/shell/memcached_speaker.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(memcached_command_test)

using kv::shell::Command;
using kv::shell::memcached_request;
using kv::shell::ReplyEnd;
using kv::shell::UsageError;

namespace {

std::string bytes(const Command& command)
{
    return memcached_request(command).bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_value_stands_behind_the_key)
{
    BOOST_TEST(bytes({"set", "k", "hello"}) == "set k 0 0 5\r\nhello\r\n");
    BOOST_TEST(bytes({"SET", "k", "", "ex", "60", "FLAGS", "7"}) == "set k 7 60 0\r\n\r\n");
    BOOST_TEST(bytes({"append", "k", "\r\nx"}) == "append k 0 0 3\r\n\r\nx\r\n");
    BOOST_TEST(bytes({"cas", "k", "v", "42", "EX", "-1"}) == "cas k 0 -1 1 42\r\nv\r\n");
    BOOST_TEST(bytes({"ms", "k", "hello", "T60", "MA"}) == "ms k 5 T60 MA\r\nhello\r\n");
}

BOOST_AUTO_TEST_CASE(other_commands_are_their_words)
{
    BOOST_TEST(bytes({"get", "a", "b"}) == "get a b\r\n");
    BOOST_TEST(bytes({"gat", "60", "k"}) == "gat 60 k\r\n");
    BOOST_TEST(bytes({"mg", "k", "v", "t"}) == "mg k v t\r\n");
    BOOST_TEST(bytes({"nosuch", "thing"}) == "nosuch thing\r\n");
    BOOST_TEST(bytes({"stats", "items"}) == "stats items\r\n");
}

BOOST_AUTO_TEST_CASE(a_reply_that_may_not_come_is_followed_by_one_that_must)
{
    const auto quiet_store = memcached_request({"set", "k", "v", "noreply"});
    BOOST_TEST(quiet_store.bytes == "set k 0 0 1 noreply\r\nv\r\nversion\r\n");
    BOOST_CHECK(quiet_store.end == ReplyEnd::version);
    BOOST_TEST(bytes({"delete", "k", "noreply"}) == "delete k noreply\r\nversion\r\n");
    BOOST_TEST(bytes({"mg", "k", "v", "q"}) == "mg k v q\r\nmn\r\n");
    BOOST_TEST(bytes({"ms", "k", "v", "q"}) == "ms k 1 q\r\nv\r\nmn\r\n");
    BOOST_CHECK(memcached_request({"mg", "q"}).end == ReplyEnd::whole);
    BOOST_CHECK(memcached_request({"quit"}).end == ReplyEnd::close);
}

BOOST_AUTO_TEST_CASE(what_the_protocol_cannot_carry_is_refused)
{
    for (const Command& command : std::vector<Command>{{"get"},
                                                       {"get", ""},
                                                       {"get", "a b"},
                                                       {"get", "a\r\nflush_all"},
                                                       {"get", std::string(251, 'k')},
                                                       {"set", "k"},
                                                       {"set", "k", "0", "0", "5"},
                                                       {"set", "k", "v", "EX"},
                                                       {"set", "k", "v", "EX", "x"},
                                                       {"set", "k", "v", "NX"},
                                                       {"set", "k", "v", "FLAGS", "-1"},
                                                       {"set", "k", "v", "FLAGS", "4294967296"},
                                                       {"cas", "k", "v"},
                                                       {"cas", "k", "v", "1 2"},
                                                       {"incr", "k"},
                                                       {"incr", "k", "1", "2", "3"},
                                                       {"version", "x"},
                                                       {"mg", "k", "v\r\nflush_all"},
                                                       {"nosuch", "a\nb"},
                                                       {"a b"}}) {
        BOOST_CHECK_THROW((void)memcached_request(command), UsageError);
    }
}

BOOST_AUTO_TEST_SUITE_END()
