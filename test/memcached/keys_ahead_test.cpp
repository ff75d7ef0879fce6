// Which keys the lines that have come already are about. A guess, but a good one, or it is of no
// use.
#include "server/command/converse.h"
#include "server/memcached/dialect.h"
#include "test/support/manual_clock.h"
#include "test/support/no_server.h"
#include "test/support/scripted_transport.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(keys_ahead_test)

namespace {

/// With a blank behind each.
std::string joined(const kv::KeysAhead& keys)
{
    std::string all;
    for (const std::string_view key : keys) all += std::string(key) + " ";
    return all;
}

std::string keys_in(std::string_view unread)
{
    return joined(kv::memcached::keys_ahead({}, unread));
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_line_has_its_key)
{
    BOOST_TEST(keys_in("") == "");
    BOOST_TEST(keys_in("get a\r\nget b\nget c\r\n") == "a b c ");
    BOOST_TEST(keys_in("mg a v t\r\ntouch b 10\r\ndelete c noreply\r\nincr d 1\r\ndecr e 1\r\n") ==
               "a b c d e ");
}

BOOST_AUTO_TEST_CASE(a_get_has_all_its_keys)
{
    BOOST_TEST(keys_in("get a b  c \r\ngets d e\r\n") == "a b c d e ");
    BOOST_TEST(joined(kv::memcached::keys_ahead(" x y", "get z\r\n")) == "x y z ");
}

BOOST_AUTO_TEST_CASE(data_blocks_are_passed_over)
{
    BOOST_TEST(keys_in("set a 0 0 7\r\nget x\r\n\r\nget b\r\n") == "a b ");
    BOOST_TEST(keys_in("cas a 0 0 1 99 noreply\r\n1\r\nms b 2 c\r\nhi\r\nget c\r\n") == "a b c ");
}

BOOST_AUTO_TEST_CASE(what_has_not_come_whole_ends_it)
{
    BOOST_TEST(keys_in("get a\r\nget b") == "a ");
    BOOST_TEST(keys_in("get a\r\nset b 0 0 3\r\n12\r\n") == "a ");
    BOOST_TEST(keys_in("get a\r\nset b 0 0 2147483645\r\n") == "a ");
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_ends_it)
{
    for (const char* line :
         {"", " ", "version", "gat 10 x", "set b 3", "set b 0 0 -1", "set b",
          "set b 0 0 18446744073709551615", "\x16\x03\x01", "ms b", "get", "mg", "delete "}) {
        BOOST_TEST(keys_in("get a\r\n" + std::string(line) + "\r\nget z\r\n") == "a ");
    }
}

BOOST_AUTO_TEST_CASE(there_are_no_more_than_can_be_looked_up_together)
{
    std::string line = "get";
    for (int i = 0; i < 100; ++i) line += " k";
    BOOST_TEST(kv::memcached::keys_ahead({}, line + "\r\n").size() == 32U);
    BOOST_TEST(kv::memcached::keys_ahead(line, line + "\r\n").size() == 32U);
}

namespace {

struct WatchedDialect : kv::memcached::Dialect {
    using Dialect::Dialect;

    kv::KeysAhead keys_ahead(std::string_view unread) const
    {
        const kv::KeysAhead keys = Dialect::keys_ahead(unread);
        looks.push_back(joined(keys));
        return keys;
    }
    mutable std::vector<std::string> looks;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_conversation_looks_once_for_as_many_requests_as_have_come)
{
    kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    kv::test::NoServer server;
    kv::ClientRecord client(1, "test", "nowhere", "here");
    WatchedDialect dialect(store, 1024);
    kv::test::ScriptedTransport peer;
    kv::BufferedStream stream(peer, {});
    peer.sends("get a\r\nget b c\r\nset d 0 0 1\r\nx\r\nget e\r\nge").sends("t f\r\nget g\r\n");
    kv::converse(stream, dialect, {store, server, client}, nullptr);
    const std::vector<std::string> expected{"", "b c d e ", "", "g ", ""};
    BOOST_TEST(dialect.looks == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
