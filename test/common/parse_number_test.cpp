#include "common/words.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(parse_number_test)

using kv::parse_leading_number;
using kv::parse_number;
using kv::parse_size;

namespace {

constexpr auto nothing = std::nullopt;

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_number)

BOOST_AUTO_TEST_CASE(digits_are_a_number)
{
    BOOST_TEST((parse_number<int>("0") == 0));
    BOOST_TEST((parse_number<int>("42") == 42));
    BOOST_TEST((parse_number<int>("007") == 7));
}

BOOST_AUTO_TEST_CASE(a_minus_sign_is_for_signed_types_only)
{
    BOOST_TEST((parse_number<int>("-42") == -42));
    BOOST_TEST((parse_number<unsigned>("-42") == nothing));
    BOOST_TEST((parse_number<unsigned>("-0") == nothing));
}

BOOST_AUTO_TEST_CASE(the_ends_of_each_type_fit_and_one_more_does_not)
{
    BOOST_TEST((parse_number<std::uint8_t>("255") == 255));
    BOOST_TEST((parse_number<std::uint8_t>("256") == nothing));
    BOOST_TEST((parse_number<std::int64_t>("-9223372036854775808") == INT64_MIN));
    BOOST_TEST((parse_number<std::int64_t>("9223372036854775807") == INT64_MAX));
    BOOST_TEST((parse_number<std::int64_t>("9223372036854775808") == nothing));
    BOOST_TEST((parse_number<std::uint64_t>("18446744073709551615") == UINT64_MAX));
    BOOST_TEST((parse_number<std::uint64_t>("18446744073709551616") == nothing));
    BOOST_TEST((parse_number<std::uint64_t>(std::string(1000, '9')) == nothing));
}

BOOST_AUTO_TEST_CASE(nothing_but_a_number_is_one)
{
    for (const std::string_view text : {"", " ", "-", "+1", " 1", "1 ", "1\r", "1x", "x1", "1.0",
                                        "1e3", "0x10", "--1", "1,000"}) {
        BOOST_TEST((parse_number<int>(text) == nothing), text);
    }
    BOOST_TEST((parse_number<int>(std::string_view("1\0", 2)) == nothing));
}

BOOST_AUTO_TEST_CASE(only_the_text_given_is_read)
{
    BOOST_TEST((parse_number<int>(std::string_view("123456").substr(1, 2)) == 23));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(leading_number)

BOOST_AUTO_TEST_CASE(blanks_and_a_plus_may_come_first)
{
    BOOST_TEST((parse_leading_number("7") == 7U));
    BOOST_TEST((parse_leading_number(" \t\n\v\f\r7") == 7U));
    BOOST_TEST((parse_leading_number("+7") == 7U));
    BOOST_TEST((parse_leading_number("  +7") == 7U));
}

BOOST_AUTO_TEST_CASE(anything_may_follow_after_a_blank)
{
    BOOST_TEST((parse_leading_number("7 ") == 7U));
    BOOST_TEST((parse_leading_number("7 x") == 7U));
    BOOST_TEST((parse_leading_number("7\r\n") == 7U));
    BOOST_TEST((parse_leading_number("7x") == nothing));
    BOOST_TEST((parse_leading_number("7.5") == nothing));
}

BOOST_AUTO_TEST_CASE(a_negative_number_or_none_is_refused)
{
    for (const std::string_view text :
         {"", "   ", "+", "-", "-1", " -1", "+-1", "++1", "+ 1", "x"}) {
        BOOST_TEST((parse_leading_number(text) == nothing), text);
    }
}

BOOST_AUTO_TEST_CASE(it_fits_64_bits_or_is_refused)
{
    BOOST_TEST((parse_leading_number("18446744073709551615") == UINT64_MAX));
    BOOST_TEST((parse_leading_number("18446744073709551616") == nothing));
    BOOST_TEST((parse_leading_number("00000000000000000000000000000001") == 1U));
}

// A value of a gigabyte may be asked for, and everybody waits meanwhile.
BOOST_AUTO_TEST_CASE(it_ends_within_the_first_64_bytes_or_is_refused)
{
    const std::string blanks(1000, ' ');
    BOOST_TEST((parse_leading_number("7" + blanks + "x") == 7U));
    BOOST_TEST((parse_leading_number(std::string(62, '0') + "7") == 7U));
    BOOST_TEST((parse_leading_number(std::string(62, '0') + "7" + blanks) == 7U));
    BOOST_TEST((parse_leading_number(std::string(63, '0') + "7" + blanks) == nothing));
    BOOST_TEST((parse_leading_number(std::string(63, '0') + "77") == nothing));
    BOOST_TEST((parse_leading_number(blanks + "7") == nothing));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(size)

BOOST_AUTO_TEST_CASE(a_bare_number_is_bytes)
{
    BOOST_TEST((parse_size("0") == 0U));
    BOOST_TEST((parse_size("1024") == 1024U));
}

BOOST_AUTO_TEST_CASE(the_letters_are_powers_of_1024)
{
    BOOST_TEST((parse_size("1k") == 1024U));
    BOOST_TEST((parse_size("2K") == 2048U));
    for (const char* text : {"64mb", "64MB", "64MiB", "64mib"}) {
        BOOST_TEST((parse_size(text) == std::uint64_t{64} << 20));
    }
    BOOST_TEST((parse_size("64m") == std::uint64_t{64} << 20));
    BOOST_TEST((parse_size("64M") == std::uint64_t{64} << 20));
    BOOST_TEST((parse_size("3g") == std::uint64_t{3} << 30));
    BOOST_TEST((parse_size("3G") == std::uint64_t{3} << 30));
}

BOOST_AUTO_TEST_CASE(a_size_fits_64_bits_after_the_multiplication_too)
{
    BOOST_TEST((parse_size("17179869183g") == std::uint64_t{17179869183} << 30));
    BOOST_TEST((parse_size("17179869184g") == nothing));
    BOOST_TEST((parse_size("18014398509481984k") == nothing));
    BOOST_TEST((parse_size("18446744073709551615") == UINT64_MAX));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_size)
{
    for (const std::string_view text :
         {"", "k", "-1", "+1", "1b", "1bb", "1kkb", "1 k", "k1", "1t", "1.5g", "1kk"}) {
        BOOST_TEST((parse_size(text) == nothing), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
