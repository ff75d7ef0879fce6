// What the grammar of a command's arguments says, and whether the rows agree with it.
#include "common/command_table.h"
#include "common/redis/rows.h"
#include "common/words.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(command_table_test)

using namespace kv;

namespace {

template <class Check>
void for_each_row(Check check)
{
    for (const redis::Group& group : redis::groups()) {
        for (const redis::Row& row : group.rows) {
            BOOST_TEST_CONTEXT(row.name) check(row);
        }
    }
}

/// The words before the arguments: "client|list" has two.
int name_words(const redis::Row& row)
{
    return row.name.find('|') == std::string_view::npos ? 1 : 2;
}

/// What the grammar calls argument `place`, counted as a request's words are.
std::string_view argument_at(const redis::Row& row, int place)
{
    std::string_view grammar = row.grammar;
    for (int i = name_words(row); i < place; ++i) (void)take_word(grammar);
    return take_word(grammar);
}

/// Where the grammar has its first key, of the first two arguments; 0: it has none.
int first_key(const redis::Row& row)
{
    for (int place = name_words(row); place < name_words(row) + 2; ++place) {
        const std::string_view argument = argument_at(row, place);
        if (is_key_name(argument)) return place;
    }
    return 0;
}

}  // namespace

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
    const auto words = option_words("key value LEFT|RIGHT [EX seconds] [NX|XX] [GET]");
    BOOST_CHECK((words == std::vector<std::string_view>{"LEFT", "RIGHT", "EX", "NX", "XX", "GET"}));
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

BOOST_AUTO_TEST_CASE(a_row_demands_as_many_words_as_its_grammar)
{
    for_each_row([](const redis::Row& row) {
        const Arity arity = arity_of(row.grammar);
        const auto least = static_cast<int>(arity.least) + name_words(row);
        if (row.arity > 0) {
            BOOST_TEST(least == row.arity);
            BOOST_TEST(arity.most == arity.least);
        } else {
            BOOST_TEST(least <= -row.arity);  // what is left out may be demanded in another form
        }
    });
}

BOOST_AUTO_TEST_CASE(a_row_has_its_keys_where_its_grammar_has_them)
{
    for_each_row([](const redis::Row& row) {
        if (row.keys.last > row.keys.first)
            BOOST_TEST(is_key_name(argument_at(row, row.keys.last)));
        const char* more = row.keys.step == 2    ? "[key value ...]"
                           : row.keys.last == -2 ? "[key ...] timeout"
                                                 : "[key ...]";
        const bool counts = row.grammar.find("numkeys") != std::string_view::npos;
        if (!counts) BOOST_TEST(row.keys.first == first_key(row));
        if (!counts) BOOST_TEST((row.keys.last < 0) == row.grammar.ends_with(more));
        BOOST_TEST((row.keys.count != 0) == counts);
        if (counts) BOOST_TEST(argument_at(row, row.keys.count) == "numkeys");
        BOOST_TEST(row.keys.of_options == (row.grammar.find("[STORE") != std::string_view::npos));
        const bool movable = counts || row.name == "sort" || row.name == "sort_ro";
        BOOST_TEST(((row.flags & redis::movable_keys) != 0) == movable);
        if (row.value != 0) BOOST_TEST(argument_at(row, static_cast<int>(row.value)) == "value");
    });
}

BOOST_AUTO_TEST_SUITE_END()
