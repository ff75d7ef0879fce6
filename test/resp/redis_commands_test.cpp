// The command table: a row and a handler are a command.
#include "test/support/redis_talk.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(redis_commands_test)

BOOST_AUTO_TEST_CASE(every_row_has_a_handler_and_every_handler_a_row)
{
    for (const std::string& name : kv::resp::unpaired_names()) {
        BOOST_ERROR(name + " has a row alone, a handler alone, or two handlers");
    }
}

BOOST_AUTO_TEST_CASE(a_command_is_found_in_any_case_of_letters)
{
    BOOST_TEST(kv::resp::find_command("GeTRange")->name == "getrange");
    BOOST_TEST(kv::resp::find_command("CLIENT|LIST")->name == "client|list");
    BOOST_TEST(kv::resp::find_command("xadd") == nullptr);  // known to kvcli alone
    BOOST_TEST(kv::resp::find_command(std::string(1000, 'g')) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
