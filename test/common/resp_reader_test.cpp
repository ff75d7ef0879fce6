// RESP framing, however it arrives, and what a stranger may not make us do.
#include "common/resp_reader.h"

#include "test/support/scripted_link.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(resp_reader_test)

using kv::resp::BadFrame;
using kv::resp::Limits;
using kv::resp::Type;
using kv::resp::Value;
using kv::test::arrivals;
using kv::test::Script;
using kv::test::ScriptedLink;

namespace {

Value leaf(Type type, std::string text = {})
{
    return {type, std::move(text), {}};
}

/// Reads with `read` once for each way in which `bytes` can arrive.
template <class Read>
void arriving(std::string_view bytes, Read read)
{
    for (const auto& chunks : arrivals(bytes)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        ScriptedLink link(script);
        kv::BufferedStream stream(link, {});
        read(stream);
    }
}

void reads(std::string_view bytes, const Value& expected)
{
    arriving(bytes, [&](kv::BufferedStream& stream) {
        const auto value = kv::resp::read_value(stream, {});
        BOOST_REQUIRE(value);
        BOOST_CHECK(*value == expected);
        BOOST_CHECK(!kv::resp::read_value(stream, {}));  // nothing is left
    });
}

template <class Error = BadFrame>
void refuses(std::string_view bytes, const Limits& limits = {})
{
    arriving(bytes, [&](kv::BufferedStream& stream) {
        BOOST_CHECK_THROW((void)kv::resp::read_value(stream, limits), Error);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_of_one_line)
{
    reads("+OK\r\n", leaf(Type::simple, "OK"));
    reads("-ERR no\r\n", leaf(Type::error, "ERR no"));
    reads(":-9223372036854775808\r\n", leaf(Type::integer, "-9223372036854775808"));
    reads("_\r\n", leaf(Type::null));
    reads("#t\r\n", leaf(Type::boolean, "t"));
    reads(",-1.5e3\r\n", leaf(Type::real, "-1.5e3"));
    reads(",inf\r\n", leaf(Type::real, "inf"));
    reads("(-123456789012345678901234567890\r\n",
          leaf(Type::big_number, "-123456789012345678901234567890"));
}

BOOST_AUTO_TEST_CASE(strings_carry_any_bytes)
{
    using namespace std::string_literals;
    reads("$5\r\nhello\r\n", leaf(Type::bulk, "hello"));
    reads("$0\r\n\r\n", leaf(Type::bulk));
    reads("$6\r\n\r\n$1\r\n\r\n"s, leaf(Type::bulk, "\r\n$1\r\n"));
    reads("$3\r\n\0\xff\n\r\n"s, leaf(Type::bulk, "\0\xff\n"s));
    reads("!5\r\nERR x\r\n", leaf(Type::bulk_error, "ERR x"));
    reads("=7\r\ntxt:abc\r\n", leaf(Type::verbatim, "txt:abc"));
}

BOOST_AUTO_TEST_CASE(null_in_version_2_is_a_length_of_minus_one)
{
    reads("$-1\r\n", leaf(Type::null));
    reads("*-1\r\n", leaf(Type::null));
}

BOOST_AUTO_TEST_CASE(aggregates_nest)
{
    reads("*0\r\n", leaf(Type::array));
    reads(
        "*2\r\n:1\r\n*1\r\n$1\r\na\r\n",
        {Type::array, {}, {leaf(Type::integer, "1"), {Type::array, {}, {leaf(Type::bulk, "a")}}}});
    reads("%1\r\n+k\r\n~1\r\n#f\r\n",
          {Type::map, {}, {leaf(Type::simple, "k"), {Type::set, {}, {leaf(Type::boolean, "f")}}}});
    reads(">1\r\n+news\r\n", {Type::push, {}, {leaf(Type::simple, "news")}});
}

BOOST_AUTO_TEST_CASE(an_attribute_is_dropped_and_its_value_kept)
{
    reads("|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n", leaf(Type::bulk, "a"));
    reads("*1\r\n|1\r\n+ttl\r\n:5\r\n:7\r\n", {Type::array, {}, {leaf(Type::integer, "7")}});
}

BOOST_AUTO_TEST_CASE(several_values_follow_each_other)
{
    arriving("+a\r\n$1\r\nb\r\n:3\r\n", [](kv::BufferedStream& stream) {
        for (const std::string expected : {"a", "b", "3"}) {
            stream.begin_message();
            BOOST_TEST(kv::resp::read_value(stream, {})->text == expected);
        }
    });
}

BOOST_AUTO_TEST_CASE(lengths_are_numbers_within_bounds)
{
    for (const std::string length :
         {"", "-2", "+5", " 5", "5 ", "0x10", "1.5", "9223372036854775808", "18446744073709551616",
          "99999999999999999999", "?"}) {
        refuses("$" + length + "\r\nhello\r\n");
        refuses("*" + length + "\r\n:1\r\n:1\r\n");
    }
    refuses("%-1\r\n");
    refuses("~-1\r\n");
    refuses("$536870913\r\n");
    refuses("*1048577\r\n");
    refuses("%524289\r\n");
    refuses("%9223372036854775808\r\n");
}

BOOST_AUTO_TEST_CASE(lines_are_what_their_type_says)
{
    for (const std::string line : {":", ":x", ":1 ", ":9223372036854775808", "#", "#x", "#true",
                                   "_x", ",", ",x", "(", "(1.5", "(-", "hello", "?1", "", " "}) {
        refuses(line + "\r\n");
    }
}

BOOST_AUTO_TEST_CASE(a_string_ends_with_a_line_end)
{
    refuses("$5\r\nhelloXY");
    refuses("$5\r\nhello\n\r");
}

BOOST_AUTO_TEST_CASE(depth_is_bounded_and_so_is_a_chain_of_attributes)
{
    std::string nested;
    for (int i = 0; i < 32; ++i) nested += "*1\r\n";
    for (const auto& bytes : {nested + ":1\r\n"}) {
        const auto script = std::make_shared<Script>();
        script->chunks = {bytes};
        ScriptedLink link(script);
        kv::BufferedStream stream(link, {});
        BOOST_CHECK(kv::resp::read_value(stream, {}));
    }
    const auto script = std::make_shared<Script>();
    for (int i = 0; i < 100'000; ++i) script->chunks.push_back("*1\r\n");
    ScriptedLink link(script);
    kv::BufferedStream stream(link, {});
    BOOST_CHECK_THROW((void)kv::resp::read_value(stream, {}), BadFrame);

    const auto chain = std::make_shared<Script>();
    for (int i = 0; i < 100'000; ++i) chain->chunks.push_back("|0\r\n");
    ScriptedLink chain_link(chain);
    kv::BufferedStream chain_stream(chain_link, {});
    BOOST_CHECK_THROW((void)kv::resp::read_value(chain_stream, {}), BadFrame);
}

BOOST_AUTO_TEST_CASE(elements_are_counted_over_all_levels)
{
    refuses("*2\r\n*2\r\n:1\r\n:2\r\n*2\r\n:1\r\n:2\r\n", {.max_elements = 5});
    arriving("*2\r\n*2\r\n:1\r\n:2\r\n*2\r\n:1\r\n:2\r\n", [](kv::BufferedStream& stream) {
        BOOST_CHECK(kv::resp::read_value(stream, {.max_elements = 6}));
    });
}

BOOST_AUTO_TEST_CASE(bytes_are_counted_over_all_strings)
{
    refuses("*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n", {.max_total_bytes = 5});
    refuses("$3\r\nabc\r\n", {.max_bulk_bytes = 2});
}

BOOST_AUTO_TEST_CASE(an_end_inside_a_value_is_not_an_end_between_values)
{
    const std::string whole = "*2\r\n$3\r\nabc\r\n:1\r\n";
    for (std::size_t size = 1; size < whole.size(); ++size) {
        refuses<kv::Truncated>(whole.substr(0, size));
    }
    arriving("",
             [](kv::BufferedStream& stream) { BOOST_CHECK(!kv::resp::read_value(stream, {})); });
}

BOOST_AUTO_TEST_CASE(an_error_says_what_was_read_and_what_was_expected)
{
    arriving("$x\x1b\r\n", [](kv::BufferedStream& stream) {
        BOOST_CHECK_EXCEPTION(
            (void)kv::resp::read_value(stream, {}), BadFrame, [](const BadFrame& error) {
                return std::string_view(error.what()) == "read \"$x\\x1b\", expected a length" &&
                       error.bytes == 5;
            });
    });
}

BOOST_AUTO_TEST_SUITE_END()
