// simple://, the tutorial's protocol: `set key len\r\n<bytes>` and `get key\r\n`, nothing framed.
#define BOOST_TEST_MODULE simple_dialect
#include "server/simple/dialect.h"
#include "test/support/conversation.h"

namespace {

struct SimpleTalk : kv::test::Talk<kv::simple::Dialect> {
    using Talk::Talk;
};

constexpr const char* bad_chunk = "CLIENT_ERROR bad data chunk\r\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_value_is_answered_as_its_bytes_and_nothing_else, SimpleTalk)
{
    check({{"set k 5\r\nhello", "STORED\r\n"}, {"get k\r\n", "hello"}});
}

BOOST_FIXTURE_TEST_CASE(a_miss_is_answered_with_four_bytes, SimpleTalk)
{
    check({{"get k\r\n", "None"}});
}

BOOST_FIXTURE_TEST_CASE(set_replaces, SimpleTalk)
{
    check({{"set k 1\r\n1", "STORED\r\n"}, {"set k 2\r\n22", "STORED\r\n"}, {"get k\r\n", "22"}});
}

BOOST_FIXTURE_TEST_CASE(a_client_may_keep_its_connection, SimpleTalk)
{
    check({{"set a 1\r\n1set b 1\r\n2get a\r\nget b\r\nget c\r\n", "STORED\r\nSTORED\r\n12None"}});
}

BOOST_FIXTURE_TEST_CASE(an_empty_value_is_answered_with_nothing, SimpleTalk)
{
    check({{"set k 0\r\n", "STORED\r\n"}, {"get k\r\n", ""}});
}

BOOST_FIXTURE_TEST_CASE(values_are_any_bytes, SimpleTalk)
{
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    check({{"set k 256\r\n" + all, "STORED\r\n"}, {"get k\r\n", all}});
}

BOOST_FIXTURE_TEST_CASE(a_large_value_arrives_and_leaves_whole, SimpleTalk)
{
    const std::string value(100'000, 'v');
    check({{"set k 100000\r\n" + value, "STORED\r\n"}, {"get k\r\n", value}}, 4999);
}

BOOST_FIXTURE_TEST_CASE(an_empty_line_is_answered_with_nothing, SimpleTalk)
{
    check({{"\r\n\n  \r\n", ""}, {"get k\r\n", "None"}});
}

// So a client that ends its bytes with a line end is served as well.
BOOST_FIXTURE_TEST_CASE(a_line_end_behind_the_bytes_is_an_empty_line, SimpleTalk)
{
    check({{"set k 5\r\nhello\r\n", "STORED\r\n"}, {"get k\r\n", "hello"}});
}

BOOST_FIXTURE_TEST_CASE(an_unknown_command_is_an_error_and_the_conversation_goes_on, SimpleTalk)
{
    for (const char* line :
         {"nonsense", "GET k", "get", "get a b", "set k", "set k 0 0 1", "set"}) {
        check({{line + std::string("\r\n"), "ERROR\r\n"}, {"get k\r\n", "None"}});
    }
}

BOOST_FIXTURE_TEST_CASE(a_bad_length_is_an_error_and_the_end, SimpleTalk)
{
    for (const char* length : {"-1", "x", "5x", "+5", "99999999999999999999999"}) {
        check_closed({{"set k " + std::string(length) + "\r\nhello", bad_chunk}});
    }
}

BOOST_AUTO_TEST_CASE(a_length_beyond_the_largest_item_is_an_error_and_the_end)
{
    const SimpleTalk talk({.item = 10});
    talk.check({{"set k 10\r\n1234567890", "STORED\r\n"}});
    talk.check_closed({{"set k 11\r\n12345678901", bad_chunk}});
}

BOOST_AUTO_TEST_CASE(without_memory_the_bytes_are_swallowed_and_the_conversation_goes_on)
{
    const SimpleTalk talk({.memory = 1000});
    talk.check({{"set k 1000\r\n" + std::string(1000, 'v'),
                 "SERVER_ERROR out of memory storing object\r\n"},
                {"get k\r\n", "None"}});
}

BOOST_FIXTURE_TEST_CASE(a_line_too_long_is_an_error_and_the_end, SimpleTalk)
{
    check_closed({{std::string(3000, 'x') + "\r\n", "CLIENT_ERROR line too long\r\n"}}, 97);
}

BOOST_FIXTURE_TEST_CASE(half_a_request_before_the_close_is_not_answered, SimpleTalk)
{
    check({{"get k\r\nget", "None"}});
    check({{"set k 5\r\nhel", ""}});
}
