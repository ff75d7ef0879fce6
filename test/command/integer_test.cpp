#include "server/command/integer.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(integer_test)

using kv::integer_bytes;
using kv::integer_text;
using kv::shortest;
using kv::small_integer;

namespace {

using namespace std::string_literals;

/// The bytes of the number that `text` is.
std::string bytes_of(std::string_view text)
{
    const auto bytes = integer_bytes(text);
    BOOST_REQUIRE(bytes.has_value());
    return *bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_integer_is_no_longer_than_it_need_be)
{
    BOOST_TEST(integer_bytes(0).empty());
    BOOST_TEST(integer_bytes(1) == "\x01"s);
    BOOST_TEST(integer_bytes(127) == "\x7f"s);
    BOOST_TEST(integer_bytes(128) == "\x80\x00"s);
    BOOST_TEST(integer_bytes(-1) == "\xff"s);
    BOOST_TEST(integer_bytes(-128) == "\x80"s);
    BOOST_TEST(integer_bytes(-129) == "\x7f\xff"s);
    BOOST_TEST(integer_bytes(256) == "\x00\x01"s);
    BOOST_TEST(integer_bytes(INT64_MIN) == "\0\0\0\0\0\0\0\x80"s);
}

BOOST_AUTO_TEST_CASE(what_an_integer_need_not_have_is_cut_off)
{
    BOOST_TEST(shortest("\x01\x00\x00"s) == "\x01"s);
    BOOST_TEST(shortest("\xff\xff\xff"s) == "\xff"s);
    BOOST_TEST(shortest("\x80\x00\x00"s) == "\x80\x00"s);
    BOOST_TEST(shortest("\x7f\xff\xff"s) == "\x7f\xff"s);
    BOOST_TEST(shortest("\x00\x00"s).empty());
    BOOST_TEST(shortest("").empty());
}

BOOST_AUTO_TEST_CASE(integers_of_64_bits_come_back)
{
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{255}, std::int64_t{-256},
          INT64_MAX, INT64_MIN}) {
        const std::string bytes = integer_bytes(number);
        BOOST_TEST((small_integer(bytes) == number));
        BOOST_TEST(integer_text(bytes) == std::to_string(number));
        BOOST_TEST(bytes_of(std::to_string(number)) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(longer_integers_come_back_as_text)
{
    for (const std::string text :
         {"9223372036854775808", "-9223372036854775809", "18446744073709551616",
          "123456789012345678901234567890", "-123456789012345678901234567890"}) {
        const std::string bytes = bytes_of(text);
        BOOST_TEST(!small_integer(bytes).has_value());
        BOOST_TEST(integer_text(bytes) == text);
        BOOST_TEST(shortest(bytes).size() == bytes.size());
    }
}

BOOST_AUTO_TEST_CASE(signs_and_leading_zeros_are_no_part_of_the_number)
{
    BOOST_TEST(bytes_of("+5") == bytes_of("5"));
    BOOST_TEST(bytes_of("0010") == bytes_of("10"));
    BOOST_TEST(bytes_of("-0").empty());
    BOOST_TEST(bytes_of("-007") == integer_bytes(-7));
    BOOST_TEST(bytes_of("0000").empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_integer_is_refused)
{
    for (const char* text : {"", "-", "+", "--1", "1.5", "1e5", " 1", "1 ", "0x10", "1_000"}) {
        BOOST_TEST(!integer_bytes(text).has_value(), text << " was taken");
    }
}

BOOST_AUTO_TEST_CASE(a_number_of_too_many_digits_is_refused)
{
    BOOST_TEST(integer_bytes(std::string(kv::max_decimal_digits, '9')).has_value());
    BOOST_TEST(!integer_bytes(std::string(kv::max_decimal_digits + 1, '9')).has_value());
}

BOOST_AUTO_TEST_CASE(what_can_be_read_in_decimal_is_written_in_decimal)
{
    for (const std::string sign : {"", "-"}) {
        const std::string text = sign + std::string(kv::max_decimal_digits, '9');
        BOOST_TEST((integer_text(bytes_of(text)) == text));
    }
}

BOOST_AUTO_TEST_CASE(what_is_longer_is_written_in_hexadecimal)
{
    std::string bytes(5000, '\0');
    bytes.back() = '\x01';
    BOOST_TEST((integer_text(bytes) == "0x1" + std::string(2 * 4999, '0')));
    bytes.back() = '\xff';
    BOOST_TEST((integer_text(bytes) == "-0x1" + std::string(2 * 4999, '0')));
    BOOST_TEST((integer_text("\x34\x12" + bytes + "\x0f") ==
                "0xfff" + std::string(2 * 4999, '0') + "1234"));
}

// A million bytes took minutes.
BOOST_AUTO_TEST_CASE(hexadecimal_takes_time_in_proportion)
{
    BOOST_TEST(integer_text(std::string(1'000'000, '\x12')).size() == 2'000'002U);
}

BOOST_AUTO_TEST_SUITE_END()
