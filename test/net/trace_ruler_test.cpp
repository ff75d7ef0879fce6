// Which bytes of a read belong to which part of which request.
#include "server/net/trace_ruler.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(trace_ruler_test)

using kv::TraceMap;

namespace {

/// The ruler alone, as it stands under the last read.
std::string ruler(const TraceMap& map)
{
    const auto rows = kv::draw_ruler(map.bytes(), map.stretches(), {}, kv::TracePaint(false), 84);
    return rows.size() < 2 ? std::string() : rows[1];
}

/// A set of "hello" under `a` as far as its value, of which the first read has two bytes.
TraceMap in_a_value()
{
    TraceMap map;
    map.read("set a 5\r\nhe");
    map.line_taken("set a 5", 9);
    map.block_begins(5);
    return map;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_read_may_end_inside_a_value)
{
    const TraceMap map = in_a_value();
    BOOST_TEST(map.where_it_ended() == "inside the value of `set a`, 2 of 5 bytes");
    BOOST_TEST(ruler(map) == "[=========|->");
}

BOOST_AUTO_TEST_CASE(the_next_read_ends_it_and_begins_another)
{
    TraceMap map = in_a_value();
    map.read("lloget a\r\n");
    BOOST_TEST(map.message_ended(7));
    map.line_taken("get a", 7);
    BOOST_TEST(map.name() == "get a");
    BOOST_TEST(map.message_ended(0));
    BOOST_TEST(map.where_it_ended() == "where request 2 ended");
    BOOST_TEST(ruler(map) == "<-][=======]");
}

BOOST_AUTO_TEST_CASE(a_line_may_come_in_pieces)
{
    TraceMap map;
    map.read("ge");
    BOOST_TEST(map.where_it_ended() == "inside the first line of request 1");
    BOOST_TEST(ruler(map) == "[>");
    map.read("t a\r");
    BOOST_TEST(ruler(map) == "<===>");
    map.read("\n");
    map.line_taken("get a", 7);
    BOOST_TEST(map.message_ended(0));
    BOOST_TEST(ruler(map) == "<]");
}

BOOST_AUTO_TEST_CASE(the_line_end_after_a_value_is_no_value)
{
    TraceMap map;
    map.read("set a 0 0 1\r\nx\r");
    map.line_taken("set a 0 0 1", 13);
    map.block_begins(1);
    map.block_begins(2);
    BOOST_TEST(map.where_it_ended() == "before the end of the line after the value of `set a`");
    BOOST_TEST(ruler(map) == "[=============||=>");
}

BOOST_AUTO_TEST_CASE(a_word_of_an_array_is_told_by_its_number)
{
    TraceMap map;
    map.read("*2\r\n$3\r\nGET\r\n$1\r\n");
    map.line_taken("*2", 4);
    map.line_taken("$3", 4);
    map.block_begins(3);
    map.block_begins(2);
    map.line_taken("$1", 4);
    map.block_begins(1);
    BOOST_TEST(map.where_it_ended() == "before word 2 (of 2) of `GET`, 0 of 1 bytes");
}

BOOST_AUTO_TEST_CASE(a_second_key_is_one_more_step_of_its_request)
{
    TraceMap map;
    map.read("get a b\r\n");
    map.line_taken("get a b", 9);
    BOOST_TEST(map.message_ended(0));
    BOOST_TEST(!map.message_ended(0));
    BOOST_TEST(map.request() == 2U);
}

BOOST_AUTO_TEST_CASE(the_middle_of_what_is_long_is_left_out)
{
    TraceMap map;
    map.read(std::string(1000, 'x'));
    const auto rows = kv::draw_ruler(map.bytes(), map.stretches(), {}, kv::TracePaint(false), 84);
    BOOST_REQUIRE(rows.size() == 3U);
    BOOST_TEST(rows[0] == std::string(32, 'x') + " ..960 more.. " + std::string(8, 'x'));
    BOOST_TEST(rows[0].size() == rows[1].size());
}

BOOST_AUTO_TEST_CASE(rows_and_their_labels_are_no_wider_than_the_screen)
{
    const std::string line = "get averylongkeyname_for_trace another_long_key_name_here\r\n";
    TraceMap map;
    map.read(line + line);
    std::vector<kv::RequestName> names;
    for (std::uint64_t request = 1; request <= 2; ++request) {
        map.line_taken(line.substr(0, line.size() - 2), line.size());
        names.push_back({request, map.name()});
        BOOST_TEST(map.message_ended(2 - request == 0 ? 0 : line.size()));
    }
    for (const std::size_t columns : {24U, 56U, 84U}) {
        const auto rows =
            kv::draw_ruler(map.bytes(), map.stretches(), names, kv::TracePaint(false), columns);
        for (const auto& row : rows) BOOST_TEST(row.size() <= columns);
        BOOST_TEST(rows[0].size() == rows[1].size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
