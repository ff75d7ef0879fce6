#include "common/words.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(words_test)

using kv::split_words;
using kv::take_word;

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

BOOST_AUTO_TEST_CASE(what_follows_the_limit_is_not_looked_at)
{
    const auto words = split_words<2>("a b c d");
    BOOST_TEST(words.count == 2U);
    BOOST_TEST(words[0] == "a");
    BOOST_TEST(words[1] == "b");
}

BOOST_AUTO_TEST_SUITE_END()
