// What the grammar of a command's arguments says.
#include "common/command_table.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(command_table_test)

using namespace kv;

BOOST_AUTO_TEST_CASE(a_name_is_found_in_any_case)
{
    BOOST_TEST(find_command(memcached_commands(), "GeTs")->name == "gets");
    BOOST_TEST(find_command(redis_commands(), "hgetall")->name == "HGETALL");
    BOOST_TEST(find_command(redis_commands(), "hget all") == nullptr);
}

BOOST_AUTO_TEST_CASE(arity_counts_what_is_demanded_and_what_is_allowed)
{
    BOOST_TEST(arity_of("").most == 0u);
    BOOST_TEST(arity_of("key").least == 1u);
    BOOST_TEST(arity_of("key").most == 1u);
    BOOST_TEST(arity_of("key value [EX seconds] [noreply]").least == 2u);
    BOOST_TEST(arity_of("key value [EX seconds] [noreply]").most == 5u);
    BOOST_TEST(arity_of("key [key ...]").least == 1u);
    BOOST_TEST(arity_of("key [key ...]").most == SIZE_MAX);
    BOOST_TEST(arity_of("key [key ...] timeout").least == 2u);
}

BOOST_AUTO_TEST_CASE(keys_are_known_by_their_place)
{
    BOOST_TEST(is_key_argument("key value", 0));
    BOOST_TEST(!is_key_argument("key value", 1));
    BOOST_TEST(!is_key_argument("key value", 2));
    BOOST_TEST(!is_key_argument("seconds key [key ...]", 0));
    BOOST_TEST(is_key_argument("seconds key [key ...]", 7));
    BOOST_TEST(is_key_argument("key value [key value ...]", 4));
    BOOST_TEST(!is_key_argument("key value [key value ...]", 5));
    BOOST_TEST(!is_key_argument("key [flag ...]", 3));
}

BOOST_AUTO_TEST_CASE(a_hint_shows_what_is_still_to_be_typed)
{
    BOOST_TEST(rest_of("key value [EX seconds]", 0) == "key value [EX seconds]");
    BOOST_TEST(rest_of("key value [EX seconds]", 1) == "value [EX seconds]");
    BOOST_TEST(rest_of("key value [EX seconds]", 4) == "[EX seconds]");
    BOOST_TEST(rest_of("key", 1).empty());
}

BOOST_AUTO_TEST_CASE(words_in_upper_case_stand_for_themselves)
{
    const auto words = option_words("key value [EX seconds] [NX] [GET]");
    BOOST_CHECK((words == std::vector<std::string_view>{"EX", "NX", "GET"}));
}

BOOST_AUTO_TEST_CASE(no_command_has_two_rows)
{
    for (const auto table : {memcached_commands(), redis_commands()}) {
        std::set<std::string_view> names;
        for (const CommandInfo& row : table) {
            BOOST_TEST(names.insert(row.name).second, row.name);
            BOOST_TEST(!row.summary.empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
