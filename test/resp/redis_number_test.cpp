// Numbers as Redis reads and writes them.
#include "server/resp/number.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

BOOST_AUTO_TEST_SUITE(redis_number_test)

using namespace kv::resp;

BOOST_AUTO_TEST_CASE(an_integer_has_one_form)
{
    BOOST_TEST(parse_integer("0").value() == 0);
    BOOST_TEST(parse_integer("-9223372036854775808").value() == INT64_MIN);
    for (const char* text :
         {"", "-", "00", "-0", "01", "+1", " 1", "1 ", "1.0", "9223372036854775808",
          "-9223372036854775809", "100000000000000000000"}) {
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_TEST(!parse_integer(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_float_has_many)
{
    BOOST_TEST((parse_float("1.5") == 1.5L));
    BOOST_TEST((parse_float("+1e3") == 1000.0L));
    BOOST_TEST((parse_float("0x1p3") == 8.0L));
    BOOST_TEST((parse_float(".5") == 0.5L));
    BOOST_TEST((parse_float("-inf") == -parse_float("inf").value()));
    for (const char* text : {"", "-", "+-1", "--1", " 1", "1 ", "x", "nan", "1e9999", "0x", "1,5",
                             "0x-1", "-0x-1", "0xinf", "0Xinfinity"}) {
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_TEST(!parse_float(text));
        }
    }
}

// As a value in the store does: what is behind it is another's, which AddressSanitizer watches.
BOOST_AUTO_TEST_CASE(a_float_ends_where_its_text_does)
{
    const auto text = std::make_unique<char[]>(3);
    std::string_view("2.5").copy(text.get(), 3);
    BOOST_TEST((parse_float({text.get(), 3}) == 2.5L));
    BOOST_TEST(!parse_float({"2.5\0", 4}));
}

BOOST_AUTO_TEST_CASE(a_float_is_written_without_an_exponent)
{
    BOOST_TEST(format_float(10.6L) == "10.6");
    BOOST_TEST(format_float(5200) == "5200");
    BOOST_TEST(format_float(-0.0L) == "0");
    BOOST_TEST(format_float(1e20L) == "100000000000000000000");
    BOOST_TEST(format_float(0.1L + 0.2L) == "0.3");
}

BOOST_AUTO_TEST_SUITE_END()
