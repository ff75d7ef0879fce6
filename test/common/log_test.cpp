#include "common/log.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(log_test)

using kv::escaped;
using kv::Log;
using kv::LogLevel;

BOOST_AUTO_TEST_CASE(printable_bytes_are_shown_as_they_are)
{
    BOOST_TEST(escaped("get key~ !") == "get key~ !");
}

BOOST_AUTO_TEST_CASE(a_client_cannot_forge_a_line_or_reach_a_terminal)
{
    BOOST_TEST(escaped("a\r\nb") == "a\\x0d\\x0ab");
    BOOST_TEST(escaped(std::string_view("\0\x1b\x7f\xff", 4)) == "\\x00\\x1b\\x7f\\xff");
}

BOOST_AUTO_TEST_CASE(an_escape_cannot_be_forged_either)
{
    BOOST_TEST(escaped("\\x0a") == "\\x5cx0a");
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut)
{
    BOOST_TEST(escaped("abcdef", 6) == "abcdef");
    BOOST_TEST(escaped("abcdef", 5) == "abcde...");
    BOOST_TEST(escaped(std::string(1000, 'x')).size() == 128U + 3U);
}

BOOST_AUTO_TEST_CASE(a_level_turns_on_what_is_as_grave_or_graver)
{
    Log log(LogLevel::warning);
    BOOST_TEST(!log.is_on(LogLevel::debug));
    BOOST_TEST(!log.is_on(LogLevel::info));
    BOOST_TEST(log.is_on(LogLevel::warning));
    BOOST_TEST(log.is_on(LogLevel::error));
    log.set_level(LogLevel::off);
    BOOST_TEST(!log.is_on(LogLevel::error));
}

BOOST_AUTO_TEST_SUITE_END()
