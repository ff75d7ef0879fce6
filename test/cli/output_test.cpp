// What replies look like, in every format.
#include "client/shell/output.h"

#include "client/shell/session.h"
#include "client/shell/terminal.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(output_test)

using kv::resp::Type;
using kv::resp::Value;
using kv::shell::Format;
using kv::shell::formatted;

namespace {

Value leaf(Type type, std::string text = {})
{
    return {type, std::move(text), {}};
}
Value bulk(std::string text)
{
    return leaf(Type::bulk, std::move(text));
}
Value number(std::string text)
{
    return leaf(Type::integer, std::move(text));
}
Value list(std::vector<Value> elements)
{
    return {Type::array, {}, std::move(elements)};
}
Value map(std::vector<Value> elements)
{
    return {Type::map, {}, std::move(elements)};
}

std::string pretty(const Value& value)
{
    return formatted(value, Format::pretty);
}

}  // namespace

BOOST_AUTO_TEST_CASE(single_values_as_redis_cli_shows_them)
{
    BOOST_TEST(pretty(bulk("a \"b\"\n\x1b")) == "\"a \\\"b\\\"\\n\\x1b\"\n");
    BOOST_TEST(pretty(number("-5")) == "(integer) -5\n");
    BOOST_TEST(pretty(leaf(Type::null)) == "(nil)\n");
    BOOST_TEST(pretty(leaf(Type::simple, "OK")) == "OK\n");
    BOOST_TEST(pretty(leaf(Type::error, "ERR x\x1b")) == "(error) ERR x\\x1b\n");
    BOOST_TEST(pretty(leaf(Type::real, "1.5")) == "(double) 1.5\n");
    BOOST_TEST(pretty(leaf(Type::boolean, "f")) == "(false)\n");
    BOOST_TEST(pretty(leaf(Type::verbatim, "txt:two\nlines")) == "two\nlines\n");
}

BOOST_AUTO_TEST_CASE(nested_replies_as_redis_cli_shows_them)
{
    BOOST_TEST(
        pretty(list({number("1"), list({number("2"), list({bulk("a"), list({})})}), bulk("z")})) ==
        "1) (integer) 1\n"
        "2) 1) (integer) 2\n"
        "   2) 1) \"a\"\n"
        "      2) (empty array)\n"
        "3) \"z\"\n");
    BOOST_TEST(pretty(map({bulk("k"), list({number("1"), number("2")})})) ==
               "1# \"k\" => 1) (integer) 1\n"
               "          2) (integer) 2\n");
    BOOST_TEST(pretty({Type::set, {}, {bulk("a")}}) == "1~ \"a\"\n");
    BOOST_TEST(pretty(leaf(Type::map)) == "(empty hash)\n");
}

BOOST_AUTO_TEST_CASE(numbers_of_elements_are_aligned)
{
    const Value ten = list(std::vector<Value>(10, number("7")));
    BOOST_TEST(pretty(ten).starts_with(" 1) (integer) 7\n 2) "));
    BOOST_TEST(pretty(ten).ends_with("10) (integer) 7\n"));
}

BOOST_AUTO_TEST_CASE(names_and_values_are_a_table)
{
    const Value table =
        map({leaf(Type::simple, "value"), bulk("hello"), leaf(Type::simple, "cas"), number("7")});
    BOOST_TEST(pretty(table) == "value  \"hello\"\ncas    (integer) 7\n");
    BOOST_TEST(formatted(table, Format::plain) == "value\thello\ncas\t7\n");
    BOOST_TEST(formatted(table, Format::json) == "{\"value\":\"hello\",\"cas\":7}\n");
}

BOOST_AUTO_TEST_CASE(plain_and_raw_leave_bytes_alone)
{
    BOOST_TEST(formatted(bulk("a\x1b"), Format::plain) == "a\x1b\n");
    BOOST_TEST(formatted(bulk("a\n"), Format::raw) == "a\n");
    BOOST_TEST(formatted(bulk(""), Format::raw).empty());
    BOOST_TEST(formatted(leaf(Type::null), Format::raw).empty());
    BOOST_TEST(formatted(leaf(Type::null), Format::plain).empty());
    BOOST_TEST(formatted(list({bulk("a"), leaf(Type::null), bulk("b")}), Format::plain) ==
               "a\n\nb\n");
    BOOST_TEST(formatted(list({}), Format::plain).empty());
    BOOST_TEST(formatted(leaf(Type::simple), Format::pretty).empty());
}

BOOST_AUTO_TEST_CASE(json_keeps_numbers_bytes_and_structure)
{
    const auto json = [](const Value& value) { return formatted(value, Format::json); };
    BOOST_TEST(json(number("-9223372036854775808")) == "-9223372036854775808\n");
    BOOST_TEST(json(number("18446744073709551615")) == "18446744073709551615\n");
    BOOST_TEST(json(leaf(Type::big_number, "99999999999999999999")) ==
               "\"99999999999999999999\"\n");
    BOOST_TEST(json(leaf(Type::real, "1.5")) == "1.5\n");
    BOOST_TEST(json(leaf(Type::real, "inf")) == "\"inf\"\n");
    BOOST_TEST(json(leaf(Type::null)) == "null\n");
    BOOST_TEST(json(leaf(Type::boolean, "t")) == "true\n");
    BOOST_TEST(json(bulk("\xc3\xbc\x1b")) == "\"\xc3\xbc\\u001b\"\n");
    BOOST_TEST(json(bulk("\xff")) == "{\"base64\":\"/w==\"}\n");
    BOOST_TEST(json(bulk("12")) == "\"12\"\n");
    BOOST_TEST(json(list({number("1"), list({})})) == "[1,[]]\n");
    BOOST_TEST(json(map({bulk("a\xff"), number("1")})) == "{\"a\\\\xff\":1}\n");
}

BOOST_AUTO_TEST_CASE(csv_keeps_the_place_of_what_is_not_there)
{
    BOOST_TEST(formatted(list({leaf(Type::null), bulk("v"), leaf(Type::null)}), Format::csv) ==
               ",\"v\",\r\n");
}

BOOST_AUTO_TEST_CASE(csv_quotes_as_rfc_4180_says)
{
    BOOST_TEST(formatted(list({bulk("a,\"b\"\n"), number("1"), leaf(Type::null), bulk("")}),
                         Format::csv) == "\"a,\"\"b\"\"\n\",1,,\"\"\r\n");
    BOOST_TEST(formatted(map({bulk("a"), number("1"), bulk("b"), number("2")}), Format::csv) ==
               "\"a\",1\r\n\"b\",2\r\n");
}

BOOST_AUTO_TEST_CASE(color_is_wrapped_around_the_same_text)
{
    BOOST_TEST(formatted(bulk("a"), Format::pretty, true) == "\x1b[32m\"a\"\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(nothing_commands_the_terminal)
{
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    const auto is_harmless = [](std::string_view text) {
        return text.find_first_of(std::string_view("\0\x07\x08\x0b\x0c\r\x1b\x7f\x80\x9b", 10)) ==
               std::string_view::npos;
    };
    BOOST_TEST(is_harmless(kv::shell::printable(all)));
    BOOST_TEST(is_harmless(kv::shell::printable_quoted(all)));
    BOOST_TEST(is_harmless(kv::shell::harmless(all)));
    BOOST_TEST(kv::shell::harmless("a\tb\n\\") == "a\tb\n\\");
    BOOST_TEST(kv::shell::printable("a\tb\n\\") == "a\\tb\\n\\\\");
}

BOOST_AUTO_TEST_CASE(a_row_of_the_wire_ends_with_a_line)
{
    BOOST_TEST(kv::shell::hex_rows("get k\r\n0123456789abcdefgh", 0) ==
               "   0000  67 65 74 20 6b 0d 0a                               get k..\n"
               "   0007  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\n"
               "   0017  67 68                                              gh\n");
}

BOOST_AUTO_TEST_SUITE_END()
