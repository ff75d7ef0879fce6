// Patterns of keys.
#include "server/resp/glob.h"
#include "server/store/item.h"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <string>

BOOST_AUTO_TEST_SUITE(glob_test)

using kv::resp::Glob;

namespace {

bool matches(std::string_view pattern, std::string_view text)
{
    const auto glob = Glob::compile(pattern);
    BOOST_REQUIRE(glob.has_value());
    return glob->matches(text);
}

}  // namespace

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
    BOOST_TEST(matches("a?c",
                       "a\xff"
                       "c"));
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
    BOOST_TEST(!matches("[]", "]"));
    BOOST_TEST(matches("[^]", "a"));
    BOOST_TEST(matches("x[a-c][d-f]", "xcd"));
}

BOOST_AUTO_TEST_CASE(a_backslash_takes_the_meaning_away)
{
    BOOST_TEST(matches("\\*", "*"));
    BOOST_TEST(!matches("\\*", "a"));
    BOOST_TEST(matches("a\\", "a\\"));
}

// Backtracking without end is how such matchers are attacked.
BOOST_AUTO_TEST_CASE(no_pattern_takes_long)
{
    const std::string text(kv::max_key_bytes, 'a');
    std::string stars;
    for (int i = 0; i < 2000; ++i) stars += "a*";
    for (const std::string& pattern :
         {"*" + std::string(4000, 'a') + "b", stars + "b", "*" + std::string(4000, '?') + "b",
          std::string("*[^b]*[^b]b")}) {
        const auto glob = Glob::compile(pattern).value();
        const std::clock_t began = std::clock();
        BOOST_TEST(!glob.matches(text));
        BOOST_TEST(glob.matches(text + "b"));
        BOOST_TEST((std::clock() - began < CLOCKS_PER_SEC), pattern.substr(0, 20));
    }
}

// Of 64 bytes each: those of a pattern are counted in words.
BOOST_AUTO_TEST_CASE(a_pattern_may_be_of_any_length_up_to_a_bound)
{
    for (const std::size_t length :
         std::initializer_list<std::size_t>{62, 63, 64, 65, 127, 128, 129, 4095}) {
        const std::string text(length, 'a');
        BOOST_TEST(matches(text, text));
        BOOST_TEST(!matches(text, text + "a"));
        BOOST_TEST(!matches(text + "a", text));
        BOOST_TEST(matches(text + "*", text + "bcd"));
        BOOST_TEST(matches("*" + text, "bcd" + text));
        BOOST_TEST(!matches("*" + text, text + "b"));
    }
    BOOST_TEST(!Glob::compile(std::string(kv::resp::max_pattern_bytes + 1, 'a')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
