#include "server/zmq/pickle_text.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(pickle_text_test)

using kv::zeromq::from_quoted;
using kv::zeromq::from_raw_unicode_escape;
using kv::zeromq::to_latin1;

namespace {

using namespace std::string_literals;

}  // namespace

BOOST_AUTO_TEST_CASE(text_of_protocol_0_is_latin1_with_escapes)
{
    BOOST_TEST(from_raw_unicode_escape("plain").value() == "plain");
    BOOST_TEST(from_raw_unicode_escape("\xe9").value() == "\xc3\xa9");
    BOOST_TEST(from_raw_unicode_escape("\\u20ac\\U0001f600").value() ==
               "\xe2\x82\xac\xf0\x9f\x98\x80");
    BOOST_TEST(from_raw_unicode_escape("\\u005c\\u000a").value() == "\\\n");
    BOOST_TEST(from_raw_unicode_escape("").value() == "");
}

BOOST_AUTO_TEST_CASE(a_backslash_before_anything_else_is_itself)
{
    BOOST_TEST(from_raw_unicode_escape("\\").value() == "\\");
    BOOST_TEST(from_raw_unicode_escape("\\n").value() == "\\n");
    BOOST_TEST(from_raw_unicode_escape("\\\\u0041").value() == "\\\\u0041");
}

BOOST_AUTO_TEST_CASE(an_escape_that_is_none_is_refused)
{
    BOOST_TEST(!from_raw_unicode_escape("\\u12").has_value());
    BOOST_TEST(!from_raw_unicode_escape("\\u12g4").has_value());
    BOOST_TEST(!from_raw_unicode_escape("\\u-123").has_value());
    BOOST_TEST(!from_raw_unicode_escape("\\U00110000").has_value());
}

BOOST_AUTO_TEST_CASE(strings_of_python_2_are_quoted)
{
    BOOST_TEST(from_quoted("'plain'").value() == "plain");
    BOOST_TEST(from_quoted("\"it's\"").value() == "it's");
    BOOST_TEST(from_quoted(R"('\\ \' \" \t\n\r\x00\xff')").value() == "\\ ' \" \t\n\r\0\xff"s);
    BOOST_TEST(from_quoted("''").value() == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_quoted_well_is_refused)
{
    for (const char* line :
         {"", "'", "plain", "'open", "open'", "'mixed\"", "'\\'", "'\\q'", "'\\x1'", "'\\xgg'"}) {
        BOOST_TEST(!from_quoted(line).has_value(), line << " was taken");
    }
}

BOOST_AUTO_TEST_CASE(latin1_is_a_byte_for_each_character)
{
    BOOST_TEST(to_latin1("a\xc3\xa9\xc3\xbf").value() == "a\xe9\xff");
    BOOST_TEST(to_latin1("").value() == "");
    BOOST_TEST(!to_latin1("\xc4\x80").has_value());
    BOOST_TEST(!to_latin1("\xff").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
