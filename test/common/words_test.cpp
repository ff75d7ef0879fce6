// Words of a line, as protocols have them and as people type them.
#include "common/words.h"

#include "common/quoting.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(words_test)

using kv::in_quotes;
using kv::split_quoted;
using kv::split_words;
using kv::take_word;
using Words = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(words_come_off_the_front_one_by_one)
{
    std::string_view line = "set key 5";
    BOOST_TEST(take_word(line) == "set");
    BOOST_TEST(take_word(line) == "key");
    BOOST_TEST(take_word(line) == "5");
    BOOST_TEST(take_word(line) == "");
    BOOST_TEST(take_word(line) == "");
}

BOOST_AUTO_TEST_CASE(any_number_of_spaces_separates_words)
{
    std::string_view line = "   a    b   ";
    BOOST_TEST(take_word(line) == "a");
    BOOST_TEST(take_word(line) == "b");
    BOOST_TEST(take_word(line) == "");
}

BOOST_AUTO_TEST_CASE(only_spaces_separate_words)
{
    const std::string bytes("a\tb\0c\rd \n", 9);
    std::string_view line = bytes;
    BOOST_TEST(take_word(line) == std::string("a\tb\0c\rd", 7));
    BOOST_TEST(take_word(line) == "\n");
}

BOOST_AUTO_TEST_CASE(a_word_is_a_view_into_the_line)
{
    const std::string bytes = "get key";
    std::string_view line = bytes;
    BOOST_TEST(take_word(line).data() == bytes.data());
    BOOST_TEST(take_word(line).data() == bytes.data() + 4);
}

BOOST_AUTO_TEST_CASE(an_empty_line_has_no_words)
{
    BOOST_TEST(split_words<4>("").count == 0U);
    BOOST_TEST(split_words<4>("    ").count == 0U);
}

BOOST_AUTO_TEST_CASE(a_line_is_split_into_its_words)
{
    const auto words = split_words<4>("incr  key 5");
    BOOST_TEST(words.count == 3U);
    BOOST_TEST(words[0] == "incr");
    BOOST_TEST(words[1] == "key");
    BOOST_TEST(words[2] == "5");
}

BOOST_AUTO_TEST_CASE(words_of_any_length_end_at_the_first_blank)
{
    for (const char letter : {'\0', '!', '\x1f', '\x80', '\xa0', '\xff'}) {
        for (std::size_t first = 1; first <= 20; ++first) {
            for (std::size_t second = 1; second <= 20; ++second) {
                const std::string a(first, letter);
                const std::string b(second, letter);
                const std::string line = " " + a + "  " + b;
                const auto words = split_words<3>(line);
                BOOST_REQUIRE(words.count == 2U);
                BOOST_REQUIRE(words[0].size() == first);
                BOOST_REQUIRE(words[1].size() == second);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_limit_is_not_looked_at)
{
    const auto words = split_words<2>("a b c d");
    BOOST_TEST(words.count == 2U);
    BOOST_TEST(words[0] == "a");
    BOOST_TEST(words[1] == "b");
}

// --- words as people type them, some in quotes ---

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
