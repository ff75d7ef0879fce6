#include "server/command/utf8.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(utf8_test)

using kv::is_utf8;

BOOST_AUTO_TEST_CASE(every_code_point_comes_back)
{
    std::string text;
    for (char32_t code_point = 0; code_point <= kv::max_code_point; ++code_point) {
        text.clear();
        kv::append_utf8(text, code_point);
        std::string_view rest = text;
        const auto taken = kv::take_code_point(rest);
        if (!taken || *taken != code_point || !rest.empty()) {
            BOOST_REQUIRE_MESSAGE(false, "lost: " << static_cast<unsigned long>(code_point));
        }
    }
}

BOOST_AUTO_TEST_CASE(text_of_all_lengths_is_utf8)
{
    BOOST_TEST(is_utf8(""));
    BOOST_TEST(is_utf8("plain"));
    BOOST_TEST(is_utf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
}

BOOST_AUTO_TEST_CASE(a_surrogate_is_taken_as_python_writes_it)
{
    BOOST_TEST(is_utf8("\xed\xa0\x80"));
}

BOOST_AUTO_TEST_CASE(what_is_no_utf8_is_told)
{
    for (const char* bytes :
         {"\x80", "\xbf", "\xff", "\xc3", "\xc3\x28", "\xe2\x82", "\xe2\x28\xac", "\xf0\x9f\x98",
          "\xf0\x9f\x98\x28", "\xf5\x80\x80\x80", "a\xff", "\xf8\x88\x80\x80\x80"}) {
        BOOST_TEST(!is_utf8(bytes));
    }
}

BOOST_AUTO_TEST_CASE(a_longer_form_than_necessary_is_no_utf8)
{
    BOOST_TEST(!is_utf8("\xc0\x80"));
    BOOST_TEST(!is_utf8("\xc1\xbf"));
    BOOST_TEST(!is_utf8("\xe0\x9f\xbf"));
    BOOST_TEST(!is_utf8("\xf0\x8f\xbf\xbf"));
}

BOOST_AUTO_TEST_CASE(beyond_unicode_there_is_nothing)
{
    BOOST_TEST(is_utf8("\xf4\x8f\xbf\xbf"));
    BOOST_TEST(!is_utf8("\xf4\x90\x80\x80"));
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_of_what_is_no_code_point)
{
    std::string_view text = "\xe2\x82";
    BOOST_TEST(!kv::take_code_point(text).has_value());
    BOOST_TEST(text.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
