// What replies look like, in every format; and what is read of what is typed.
#include "client/shell/output.h"

#include "client/shell/prompt.h"
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

BOOST_AUTO_TEST_CASE(a_text_for_people_is_lines_in_every_format)
{
    const Value info = leaf(Type::verbatim, "txt:# Server\r\na:\x1b;\r\n");
    BOOST_TEST(pretty(info) == "# Server\na:\\x1b;\n");
    BOOST_TEST(formatted(info, Format::plain) == "# Server\r\na:\x1b;\r\n");
    BOOST_TEST(formatted(info, Format::raw) == "# Server\r\na:\x1b;\r\n");
    BOOST_TEST(formatted(info, Format::json) == "\"# Server\\r\\na:\\u001b;\\r\\n\"\n");
    BOOST_TEST(pretty(leaf(Type::verbatim, "txt:one")) == "one\n");
}

BOOST_AUTO_TEST_CASE(a_backslash_of_an_error_or_a_name_is_one)
{
    BOOST_TEST(pretty(leaf(Type::error, "ERR unknown 'a\\b'")) == "(error) ERR unknown 'a\\b'\n");
    BOOST_TEST(pretty(map({leaf(Type::simple, "a\\"), leaf(Type::null)})) == "a\\  (nil)\n");
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
               ",\"v\",\n");
}

BOOST_AUTO_TEST_CASE(csv_quotes_as_rfc_4180_says)
{
    BOOST_TEST(formatted(list({bulk("a,\"b\"\n"), number("1"), leaf(Type::null), bulk("")}),
                         Format::csv) == "\"a,\"\"b\"\"\n\",1,,\"\"\n");
    BOOST_TEST(formatted(map({bulk("a"), number("1"), bulk("b"), number("2")}), Format::csv) ==
               "\"a\",1\n\"b\",2\n");
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

BOOST_AUTO_TEST_CASE(rows_on_a_screen_are_counted_as_it_wraps_them)
{
    using kv::shell::rows_of;
    BOOST_TEST(rows_of("", 10) == 0U);
    BOOST_TEST(rows_of("a\n\nb\n", 10) == 3U);
    BOOST_TEST(rows_of(std::string(10, 'x') + "\n" + std::string(11, 'x'), 10) == 3U);
    BOOST_TEST(rows_of("\x1b[32m" + std::string(10, 'x') + "\x1b[0m\n", 10) == 1U);
}

BOOST_AUTO_TEST_CASE(pasted_lines_are_commands_and_an_open_quote_joins_them)
{
    using Commands = std::vector<std::string>;
    BOOST_CHECK((kv::shell::commands_in("del a\nget b\n") == Commands{"del a", "get b"}));
    BOOST_CHECK((kv::shell::commands_in("\r\n# it's \"one\n  \nget b") == Commands{"get b"}));
    BOOST_CHECK((kv::shell::commands_in("set a \"x\n# y\n\nz\"\nget a") ==
                 Commands{"set a \"x\n# y\n\nz\"", "get a"}));
}

BOOST_AUTO_TEST_CASE(a_word_is_quoted_only_when_it_has_to_be_typed_so)
{
    using kv::shell::typed_form;
    BOOST_TEST(typed_form("a\\b") == "a\\b");
    BOOST_TEST(typed_form("my key") == "\"my key\"");
    BOOST_TEST(typed_form("it's") == "it's");
    BOOST_TEST(typed_form("'a") == "\"'a\"");
    BOOST_TEST(typed_form("") == "\"\"");
    BOOST_TEST(typed_form("a\"\n") == "\"a\\\"\\n\"");
}

BOOST_AUTO_TEST_CASE(an_address_has_a_login_and_a_database_where_the_protocol_does)
{
    using kv::shell::address_from;
    const auto parts = [](const std::string& text) {
        const auto [uri, user, password, database, is_optional] = address_from(text);
        return kv::to_string(uri) + " " + user + " " + password + " " + database;
    };
    BOOST_TEST(parts("redis://h") == "redis://h:6379   0");
    BOOST_TEST(parts("redis://h/3") == "redis://h:6379   3");
    BOOST_TEST(parts("redis://:pw@h/team%201") == "redis://h:6379  pw team 1");
    BOOST_TEST(parts("memcache://ada:pw@h/team") == "memcache://h:11211/team ada pw 0");
    BOOST_TEST(parts("redis://:pw@h:1/2/") == "redis://h:1  pw 2");
    BOOST_TEST(parts("redis://ada:p%40:/w@[::1]:1") == "redis://[::1]:1 ada p@:/w 0");
    BOOST_TEST(parts("redis+unix://:pw@/tmp/a@b?db=4") == "redis+unix:///tmp/a@b  pw 4");
    BOOST_TEST(parts("memcache://ada:pw@h/") == "memcache://h:11211 ada pw 0");
    BOOST_TEST(parts("[::1]:7") == "memcache://[::1]:7   0");
    for (const char* text : {"redis://:secret@h/x/y", "memcache+unix://:secret@/s?db=1",
                             "memcache://:secret@h", "redis://:secret@", "redis://:secret@h:x"}) {
        try {
            (void)address_from(text);
            BOOST_ERROR(text);
        } catch (const kv::BadUri& error) {
            BOOST_TEST(std::string(error.what()).find("secret") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_row_of_the_wire_ends_with_a_line)
{
    BOOST_TEST(kv::shell::hex_rows("get k\r\n0123456789abcdefgh", 0) ==
               "   0000  67 65 74 20 6b 0d 0a                               get k..\n"
               "   0007  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\n"
               "   0017  67 68                                              gh\n");
}

BOOST_AUTO_TEST_SUITE_END()
