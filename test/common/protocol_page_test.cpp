// common/PROTOCOL.md lists the commands that the table has, and no others.
#include "common/command_table.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(protocol_page_test)

namespace {

/// The first cells of the rows of the tables that begin with "| command |", before "## simple://".
std::set<std::string> listed_commands()
{
    std::ifstream page(KV_PROTOCOL_PAGE);
    BOOST_REQUIRE(page);
    std::set<std::string> names;
    bool in_table = false;
    for (std::string line; std::getline(page, line) && line != "## simple://";) {
        if (line.starts_with("| command |")) in_table = true;
        if (!line.starts_with('|')) in_table = false;
        if (in_table && line.starts_with("| `"))
            names.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_command_of_the_table_is_on_the_page)
{
    const auto listed = listed_commands();
    for (const kv::CommandInfo& row : kv::memcached_commands()) {
        BOOST_TEST(listed.contains(std::string(row.name)), row.name);
    }
}

BOOST_AUTO_TEST_CASE(every_command_on_the_page_is_in_the_table)
{
    for (const std::string& name : listed_commands()) {
        BOOST_TEST(kv::find_command(kv::memcached_commands(), name) != nullptr, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
