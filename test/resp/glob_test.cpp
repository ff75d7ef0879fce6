// Patterns of keys.
#include "server/resp/glob.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(glob_test)

using kv::resp::matches;

BOOST_AUTO_TEST_CASE(a_star_is_any_bytes)
{
    BOOST_TEST(matches("*", "abc"));
    BOOST_TEST(matches("a*", "a"));
    BOOST_TEST(matches("*c", "abc"));
    BOOST_TEST(matches("a*b*c", "a--b--b--c"));
    BOOST_TEST(matches("**a**", "a"));
    BOOST_TEST(!matches("a*b", "abc"));
    BOOST_TEST(!matches("", "a"));
}

BOOST_AUTO_TEST_CASE(a_question_mark_is_one_byte)
{
    BOOST_TEST(matches("?", "a"));
    BOOST_TEST(!matches("?", "ab"));
    BOOST_TEST(matches("a?c", std::string("a\0c", 3)));
}

BOOST_AUTO_TEST_CASE(brackets_are_one_of_a_class)
{
    BOOST_TEST(matches("[abc]", "b"));
    BOOST_TEST(!matches("[abc]", "d"));
    BOOST_TEST(matches("[a-c]x", "bx"));
    BOOST_TEST(matches("[c-a]", "b"));
    BOOST_TEST(matches("[^a]", "b"));
    BOOST_TEST(!matches("[^a]", "a"));
    BOOST_TEST(matches("[\\]]", "]"));
    BOOST_TEST(matches("[abc", "b"));
}

BOOST_AUTO_TEST_CASE(a_backslash_takes_the_meaning_away)
{
    BOOST_TEST(matches("\\*", "*"));
    BOOST_TEST(!matches("\\*", "a"));
    BOOST_TEST(matches("a\\", "a\\"));
}

// Backtracking without end is how such matchers are attacked.
BOOST_AUTO_TEST_CASE(a_pattern_of_many_stars_takes_no_longer_than_its_length)
{
    std::string pattern;
    for (int i = 0; i < 5000; ++i) pattern += "a*";
    BOOST_TEST(!matches(pattern + "b", std::string(10'000, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
