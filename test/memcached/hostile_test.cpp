// What nobody should send: answered with the documented error, or with a close; never more.
#include "server/memcached/keys.h"
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(hostile_test)

using kv::memcached::max_get_bytes;
using kv::memcached::max_line_bytes;
using kv::test::MemcacheTalk;

namespace {

const std::string longest_key(250, 'k');
const std::string too_long_key(251, 'k');
constexpr const char* too_long = "CLIENT_ERROR line too long\r\n";

/// A line of exactly so many bytes, its end not counted.
std::string line_of(std::string start, std::size_t bytes)
{
    start.resize(bytes, 'x');
    return start + "\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_unknown_command_is_an_error, MemcacheTalk)
{
    check_each({"nonsense", "GET a", "Set a 0 0 1", "get\ta", "getx a", "x"}, error);
}

BOOST_FIXTURE_TEST_CASE(an_empty_line_is_an_error, MemcacheTalk)
{
    check_each({"", " ", "   "}, error);
}

// --- keys ---

BOOST_FIXTURE_TEST_CASE(a_key_of_250_bytes_is_a_key_everywhere, MemcacheTalk)
{
    const std::string& k = longest_key;
    check({{"set " + k + " 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"get " + k + "\r\n", "VALUE " + k + " 0 1\r\n1\r\nEND\r\n"},
           {"incr " + k + " 1\r\n", "2\r\n"},
           {"touch " + k + " 0\r\n", "TOUCHED\r\n"},
           {"delete " + k + "\r\n", "DELETED\r\n"}},
          7);
}

BOOST_FIXTURE_TEST_CASE(a_key_of_251_bytes_is_none_anywhere, MemcacheTalk)
{
    const std::string& k = too_long_key;
    check_each({"get " + k, "gets " + k, "gat 0 " + k, "set " + k + " 0 0 1\r\n1",
                "add " + k + " 0 0 1\r\n1", "cas " + k + " 0 0 1 1\r\n1", "incr " + k + " 1",
                "decr " + k + " 1", "touch " + k + " 1", "delete " + k},
               bad_format);
}

BOOST_FIXTURE_TEST_CASE(one_bad_key_spoils_a_whole_get, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"get a " + too_long_key + "\r\n", bad_format},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_key_with_a_control_character_is_none, MemcacheTalk)
{
    check_each(
        {std::string("get a\0b", 7), "get a\tb", "get a\rb", "get \x7f", "set a\x01 0 0 1\r\n1"},
        bad_format);
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_key_is_looked_at)
{
    using kv::memcached::is_key;
    for (std::size_t bytes = 1; bytes <= 20; ++bytes) {
        for (std::size_t place = 0; place < bytes; ++place) {
            std::string key(bytes, 'k');
            for (const char bad : {'\0', '\t', '\x1f', ' ', '\x7f'}) {
                key[place] = bad;
                BOOST_REQUIRE(!is_key(key));
            }
            for (const char good : {'!', '~', '\x80', '\xff'}) {
                key[place] = good;
                BOOST_REQUIRE(is_key(key));
            }
        }
    }
}

// --- lines ---

BOOST_FIXTURE_TEST_CASE(the_longest_line_is_read, MemcacheTalk)
{
    check({{line_of("nonsense ", max_line_bytes), error}, {"get a\r\n", "END\r\n"}}, 31);
}

BOOST_FIXTURE_TEST_CASE(a_longer_line_is_told_so_and_closed, MemcacheTalk)
{
    check_closed({{line_of("nonsense ", max_line_bytes + 1), too_long}, {"get a\r\n", ""}}, 31);
}

BOOST_FIXTURE_TEST_CASE(a_line_that_never_ends_is_told_so_and_closed, MemcacheTalk)
{
    check_closed({{std::string(100'000, 'x'), too_long}}, 4999);
    check_closed({{"set a 0 0 1" + std::string(100'000, ' '), too_long}}, 4999);
}

BOOST_FIXTURE_TEST_CASE(a_get_of_many_keys_may_be_longer_but_not_for_ever, MemcacheTalk)
{
    for (const std::size_t bytes : {max_get_bytes - 10, max_get_bytes + 10}) {
        kv::test::ScriptedTransport peer;
        peer.sends("get a" + std::string(bytes - 7, ' ') + " a\r\n" + "get a\r\n");
        const auto held = hold(peer);
        BOOST_TEST(held.replies == (bytes < max_get_bytes ? "END\r\nEND\r\n" : too_long));
    }
}

BOOST_FIXTURE_TEST_CASE(a_get_of_one_endless_key_is_told_so_and_closed, MemcacheTalk)
{
    check_closed({{"get " + std::string(100'000, 'x'), "ERROR\r\n" + std::string(too_long)}}, 4999);
    check_closed({{"getx" + std::string(100'000, ' '), too_long}}, 4999);
}

// --- other protocols ---

// A browser can be made to send a request whose body is memcached commands. The first line of it
// ends the conversation, so that they are never read.
BOOST_FIXTURE_TEST_CASE(an_http_request_is_not_answered_and_ends_it, MemcacheTalk)
{
    for (const char* opening :
         {"GET / HTTP/1.1\r\n", "POST /x HTTP/1.0\r\n", "OPTIONS * HTTP/1.1\r\n",
          "Host: 127.0.0.1:11211\r\n", "PRI * HTTP/2.0\r\n"}) {
        check_closed({{opening, ""}, {"set a 0 0 1\r\n1\r\n", ""}});
    }
}

BOOST_FIXTURE_TEST_CASE(a_proxy_header_is_not_answered_and_ends_it, MemcacheTalk)
{
    check_closed({{"PROXY TCP4 10.0.0.1 10.0.0.2 56324 11211\r\nget a\r\n", ""}});
}

// The header of PROXY version 2 is binary, and begins with two empty lines.
BOOST_FIXTURE_TEST_CASE(a_binary_proxy_header_ends_it, MemcacheTalk)
{
    const std::string header("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", 16);
    check_closed({{header, "ERROR\r\nERROR\r\n"}, {"get a\r\n", ""}});
}

// No text protocol's line has one.
BOOST_FIXTURE_TEST_CASE(a_nul_in_what_is_no_command_ends_it, MemcacheTalk)
{
    for (const std::string& line :
         {std::string("\0", 1), std::string("get\0 a", 6), std::string("\x80\x01\0\0", 4)}) {
        check_closed({{line + "\r\n", ""}, {"get a\r\n", ""}});
    }
}

BOOST_FIXTURE_TEST_CASE(an_ssh_greeting_is_not_answered_and_ends_it, MemcacheTalk)
{
    check_closed({{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nget a\r\n", ""}});
}

// A TLS hello has no line end to wait for: its first byte tells it.
BOOST_FIXTURE_TEST_CASE(a_tls_hello_ends_it_at_once, MemcacheTalk)
{
    std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    hello.resize(517, '\xaa');
    kv::test::ScriptedTransport peer;
    peer.sends(hello).pauses();
    const auto held = hold(peer);
    BOOST_REQUIRE(held.ended.has_value());
    BOOST_TEST((*held.ended == kv::Ended::by_us));
    BOOST_TEST(peer.waits().empty());
}

BOOST_FIXTURE_TEST_CASE(redis_requests_are_unknown_commands, MemcacheTalk)
{
    check({{"*1\r\n$4\r\nPING\r\n", "ERROR\r\nERROR\r\nERROR\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
