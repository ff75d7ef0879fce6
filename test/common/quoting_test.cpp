// Words as people type them.
#include "common/quoting.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(quoting_test)

using kv::in_quotes;
using kv::split_quoted;
using Words = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(words_end_at_blanks)
{
    BOOST_CHECK(split_quoted("  set  k\tv\r\n") == (Words{"set", "k", "v"}));
    BOOST_CHECK(split_quoted("")->empty());
}

BOOST_AUTO_TEST_CASE(double_quotes_keep_blanks_and_read_escapes)
{
    BOOST_CHECK(split_quoted(R"(set k "a b\n\t\"\\\x00\xfF")") ==
                (Words{"set", "k", std::string("a b\n\t\"\\\0\xff", 9)}));
    BOOST_CHECK(split_quoted(R"("\xg1" "")") == (Words{"xg1", ""}));
}

BOOST_AUTO_TEST_CASE(single_quotes_keep_everything_but_the_quote)
{
    BOOST_CHECK(split_quoted(R"('a\n"b' 'it\'s')") == (Words{R"(a\n"b)", "it's"}));
}

BOOST_AUTO_TEST_CASE(a_quote_must_be_closed_and_stand_alone)
{
    BOOST_TEST(!split_quoted("\"abc"));
    BOOST_TEST(!split_quoted("'abc"));
    BOOST_TEST(!split_quoted("\"abc\"def"));
    BOOST_TEST(!split_quoted("\"abc\\"));
}

BOOST_AUTO_TEST_CASE(every_byte_survives_quoting)
{
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    BOOST_CHECK(split_quoted(in_quotes(all)) == Words{all});
    BOOST_CHECK(split_quoted(kv::quoted_if_needed(all)) == Words{all});
    BOOST_TEST(kv::quoted_if_needed("plain") == "plain");
    BOOST_TEST(kv::quoted_if_needed("") == "\"\"");
}

BOOST_AUTO_TEST_CASE(a_line_may_end_inside_a_quote)
{
    BOOST_TEST(kv::ends_in_quote("set k \"a"));
    BOOST_TEST(kv::ends_in_quote("set k 'a\"\""));
    BOOST_TEST(!kv::ends_in_quote("set k \"a\""));
    BOOST_TEST(!kv::ends_in_quote("set k \"a\"b"));
    BOOST_TEST(!kv::ends_in_quote("set k it's"));
}

BOOST_AUTO_TEST_SUITE_END()
