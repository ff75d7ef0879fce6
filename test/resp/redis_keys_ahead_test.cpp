// Which keys the requests that have come already are about. A guess, but a good one, or it is of no
// use.
#include "server/resp/keys_ahead.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(redis_keys_ahead_test)

namespace {

/// With a blank behind each.
std::string keys_in(std::string_view unread)
{
    std::string all;
    for (const std::string_view key : kv::resp::keys_ahead(unread)) all += std::string(key) + " ";
    return all;
}

const std::string get_a = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
const std::string set_b = "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$7\r\n*1\r\n$1x\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(each_request_has_its_second_word)
{
    BOOST_TEST(keys_in("") == "");
    BOOST_TEST(keys_in(get_a + set_b + get_a) == "a b a ");
}

BOOST_AUTO_TEST_CASE(what_has_not_come_whole_ends_it)
{
    for (std::size_t cut = 1; cut <= set_b.size(); ++cut) {
        const std::string_view part(set_b.data(), set_b.size() - cut);
        BOOST_TEST_CONTEXT(part)
        {
            // Its key may be there, or not; nothing behind it is.
            const std::string keys = keys_in(get_a + std::string(part));
            BOOST_TEST((keys == "a " || keys == "a b "));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_ends_it)
{
    for (const char* text : {"GET b\r\n", "\r\n", "*\r\n", "*-1\r\n", "*x\r\n", "*2\r\n$-1\r\n",
                             "*2\r\n:1\r\n", "*2\r\n$18446744073709551615\r\n", "\n", "*\n",
                             "*2\r\n$3\r\nGET\r\n$18446744073709551614\r\n", "*1\n",
                             "*1\r\n$4\r\nPING\r\n", "*0\r\n", "\x16\x03"}) {
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_TEST(keys_in(get_a + text + get_a) == "a ");
        }
    }
}

BOOST_AUTO_TEST_CASE(there_are_no_more_than_can_be_looked_up_together)
{
    std::string many;
    for (int i = 0; i < 100; ++i) many += get_a;
    BOOST_TEST(kv::resp::keys_ahead(many).size() == 32U);
}

BOOST_AUTO_TEST_SUITE_END()
