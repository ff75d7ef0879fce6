// Lists, and SORT.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(list_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;

namespace {

const std::string wrong_type =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
const std::string no_key = "-ERR no such key\r\n";
const std::string null_array = "*-1\r\n";
const std::string empty = "*0\r\n";

/// An array of the words of a line.
std::string elements(const std::string& line)
{
    return kv::test::request(line);
}

}  // namespace

// --- the ends ---

BOOST_FIXTURE_TEST_CASE(elements_are_put_to_both_ends, RedisTalk)
{
    ask({{"LPUSH l b a", ":2\r\n"},
         {"RPUSH l c d", ":4\r\n"},
         {"LLEN l", ":4\r\n"},
         {"LRANGE l 0 -1", elements("a b c d")},
         {"LPUSHX l z", ":5\r\n"},
         {"RPUSHX l y", ":6\r\n"},
         {"LPUSHX none z", ":0\r\n"},
         {"EXISTS none", ":0\r\n"},
         {"TYPE l", "+list\r\n"},
         {"OBJECT ENCODING l", bulk("quicklist")}},
        7);
}

BOOST_FIXTURE_TEST_CASE(elements_are_taken_from_both_ends, RedisTalk)
{
    const std::string not_positive = "-ERR value is out of range, must be positive\r\n";
    ask({{"RPUSH l a b c d e f", ":6\r\n"},
         {"LPOP l", bulk("a")},
         {"RPOP l", bulk("f")},
         {"RPOP l 2", elements("e d")},
         {"LPOP l 0", empty},
         {"LPOP l -1", not_positive},
         {"LPOP l x", not_positive},
         {"LPOP l 1 1", "-ERR wrong number of arguments for 'lpop' command\r\n"},
         {"LPOP l 9", elements("b c")},
         {"EXISTS l", ":0\r\n"},
         {"LPOP l", RedisTalk::null},
         {"LPOP l 0", null_array}},
        7);
}

BOOST_FIXTURE_TEST_CASE(the_first_list_with_elements_is_popped, RedisTalk)
{
    const std::string few_keys = "-ERR numkeys should be greater than 0\r\n";
    const std::string few_elements = "-ERR count should be greater than 0\r\n";
    ask({{"RPUSH l a b c", ":3\r\n"},
         {"LMPOP 2 none l LEFT", "*2\r\n" + bulk("l") + elements("a")},
         {"LMPOP 2 none l right COUNT 9", "*2\r\n" + bulk("l") + elements("c b")},
         {"LMPOP 1 l LEFT", null_array},
         {"LMPOP 0 l LEFT", few_keys},
         {"LMPOP x l LEFT", few_keys},
         {"LMPOP 2 l LEFT", syntax_error},
         {"LMPOP 1 l AMID", syntax_error},
         {"LMPOP 1 l LEFT COUNT", syntax_error},
         {"LMPOP 1 l LEFT COUNT 0", few_elements},
         {"LMPOP 1 l LEFT COUNT 1 COUNT 1", syntax_error}},
        11);
}

BOOST_FIXTURE_TEST_CASE(an_element_moves_from_end_to_end, RedisTalk)
{
    ask({{"RPUSH l a b c", ":3\r\n"},
         {"LMOVE l m LEFT RIGHT", bulk("a")},
         {"RPOPLPUSH l m", bulk("c")},
         {"LRANGE m 0 -1", elements("c a")},
         {"LMOVE m m RIGHT LEFT", bulk("a")},
         {"LMOVE m m LEFT LEFT", bulk("a")},
         {"LRANGE m 0 -1", elements("a c")},
         {"LMOVE l l LEFT RIGHT", bulk("b")},
         {"RPOPLPUSH l m", bulk("b")},
         {"EXISTS l", ":0\r\n"},
         {"LMOVE l m LEFT LEFT", null},
         {"LMOVE l m LEFT UP", syntax_error}},
        7);
}

// --- places ---

BOOST_FIXTURE_TEST_CASE(indexes_count_from_both_ends, RedisTalk)
{
    const std::string out_of_range = "-ERR index out of range\r\n";
    ask({{"RPUSH l a b c", ":3\r\n"},
         {"LINDEX l 0", bulk("a")},
         {"LINDEX l -1", bulk("c")},
         {"LINDEX l 3", null},
         {"LINDEX l -4", null},
         {"LINDEX l x", not_an_integer},
         {"LINDEX none x", null},
         {"LSET l -2 B", ok},
         {"LSET l 3 x", out_of_range},
         {"LSET l x x", not_an_integer},
         {"LSET none x x", no_key},
         {"LRANGE l 1 1", elements("B")},
         {"LRANGE l -2 9", elements("B c")},
         {"LRANGE l 2 1", empty},
         {"LRANGE none 0 -1", empty},
         {"LRANGE l 0 x", not_an_integer}},
        7);
}

BOOST_FIXTURE_TEST_CASE(an_element_is_put_beside_another, RedisTalk)
{
    ask({{"RPUSH l a b a", ":3\r\n"},
         {"LINSERT l BEFORE a x", ":4\r\n"},
         {"LINSERT l after b y", ":5\r\n"},
         {"LRANGE l 0 -1", elements("x a b y a")},
         {"LINSERT l BEFORE z x", ":-1\r\n"},
         {"LINSERT none BEFORE z x", ":0\r\n"},
         {"LINSERT l BESIDE a x", syntax_error}},
        7);
}

BOOST_FIXTURE_TEST_CASE(equal_elements_are_removed_from_either_end, RedisTalk)
{
    ask({{"RPUSH l a b a c a b a", ":7\r\n"},
         {"LREM l 1 a", ":1\r\n"},
         {"LRANGE l 0 -1", elements("b a c a b a")},
         {"LREM l -2 a", ":2\r\n"},
         {"LRANGE l 0 -1", elements("b a c b")},
         {"LREM l 0 b", ":2\r\n"},
         {"LREM l 0 x", ":0\r\n"},
         {"LREM l x a", not_an_integer},
         {"LREM l 9 a", ":1\r\n"},
         {"LREM l 0 c", ":1\r\n"},
         {"EXISTS l", ":0\r\n"},
         {"LREM l 0 c", ":0\r\n"}},
        7);
}

BOOST_FIXTURE_TEST_CASE(a_list_is_trimmed, RedisTalk)
{
    ask({{"RPUSH l a b c d e", ":5\r\n"},
         {"LTRIM l 1 -2", ok},
         {"LRANGE l 0 -1", elements("b c d")},
         {"LTRIM l 0 99", ok},
         {"LTRIM l x 1", not_an_integer},
         {"LLEN l", ":3\r\n"},
         {"LTRIM l 3 5", ok},
         {"EXISTS l", ":0\r\n"},
         {"LTRIM l 0 1", ok}},
        7);
}

BOOST_FIXTURE_TEST_CASE(an_element_is_searched_from_either_end, RedisTalk)
{
    const std::string zero =
        "-ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
        "use negative to start from the end of the list\r\n";
    ask({{"RPUSH l a b c 1 2 3 c c", ":8\r\n"},
         {"LPOS l c", ":2\r\n"},
         {"LPOS l c RANK 2", ":6\r\n"},
         {"LPOS l c RANK -1", ":7\r\n"},
         {"LPOS l c RANK 9", null},
         {"LPOS l c RANK -9223372036854775808", ":7\r\n"},
         {"LPOS l c COUNT 2", "*2\r\n:2\r\n:6\r\n"},
         {"LPOS l c COUNT 0 RANK -2", "*2\r\n:6\r\n:2\r\n"},
         {"LPOS l c COUNT 0 MAXLEN 7", "*2\r\n:2\r\n:6\r\n"},
         {"LPOS l c MAXLEN 2", null},
         {"LPOS l x COUNT 1", empty},
         {"LPOS none x", null},
         {"LPOS none x COUNT 1", empty},
         {"LPOS l c RANK 0", zero},
         {"LPOS l c RANK x", not_an_integer},
         {"LPOS l c COUNT -1", "-ERR COUNT can't be negative\r\n"},
         {"LPOS l c MAXLEN x", "-ERR MAXLEN can't be negative\r\n"},
         {"LPOS l c COUNT", syntax_error},
         {"LPOS l c DEEP 1", syntax_error}},
        11);
}

BOOST_FIXTURE_TEST_CASE(a_value_of_another_type_is_no_list, RedisTalk)
{
    for (const char* line : {"LPUSH s a", "RPUSHX s a", "LPOP s", "RPOP s 0", "LMPOP 2 s l LEFT",
                             "LMOVE s l LEFT LEFT", "LMOVE l s LEFT LEFT", "RPOPLPUSH s s",
                             "LLEN s", "LINDEX s x", "LSET s x x", "LINSERT s BEFORE a b",
                             "LREM s 0 a", "LTRIM s 0 1", "LRANGE s 0 1", "LPOS s a", "SORT s"}) {
        BOOST_TEST_CONTEXT(line)
        {
            ask({{"SET s text", ok}, {"RPUSH l a", ":1\r\n"}, {line, wrong_type}}, 11);
        }
    }
    ask({{"RPUSH l a", ":1\r\n"}, {"GET l", wrong_type}, {"INCR l", wrong_type}}, 11);
}

BOOST_FIXTURE_TEST_CASE(lists_change_inside_a_transaction, RedisTalk)
{
    const std::string queued = "+QUEUED\r\n";
    ask({{"RPUSH l a b", ":2\r\n"},
         {"MULTI", ok},
         {"RPUSH l c", queued},
         {"RPOPLPUSH l m", queued},
         {"LREM l 0 a", queued},
         {"SORT m ALPHA STORE n", queued},
         {"EXEC", "*4\r\n:3\r\n" + bulk("c") + ":1\r\n:1\r\n"},
         {"LRANGE l 0 -1", elements("b")},
         {"LRANGE n 0 -1", elements("c")}},
        7);
}

// --- SORT ---

BOOST_FIXTURE_TEST_CASE(numbers_and_texts_are_sorted, RedisTalk)
{
    ask({{"RPUSH l 10 9 1e1 -2.5 0x10", ":5\r\n"},
         {"SORT l", elements("-2.5 9 10 1e1 0x10")},
         {"SORT l DESC", elements("0x10 1e1 10 9 -2.5")},
         {"SORT l ALPHA", elements("-2.5 0x10 10 1e1 9")},
         {"SORT l LIMIT 1 2", elements("9 10")},
         {"SORT_RO l LIMIT 4 9 DESC", elements("-2.5")},
         {"SORT l LIMIT 9 1", empty},
         {"SORT none", empty},
         {"RPUSH l x", ":6\r\n"},
         {"SORT l LIMIT 0 1", "-ERR One or more scores can't be converted into double\r\n"}},
        11);
}

BOOST_FIXTURE_TEST_CASE(other_keys_say_what_sorts_and_what_is_answered, RedisTalk)
{
    ask({{"RPUSH l a b c", ":3\r\n"},
         {"MSET w_a 3 w_b 1 n_a Anna n_c Carl", ok},
         {"SORT l BY w_*", elements("c b a")},
         {"SORT l BY w_* DESC GET # GET n_*",
          "*6\r\n" + bulk("a") + bulk("Anna") + bulk("b") + null + bulk("c") + bulk("Carl")},
         {"SORT l BY nosort DESC LIMIT 0 2", elements("c b")},
         {"SORT l BY n_* ALPHA", elements("b a c")},
         {"SORT l BY nosort GET n_*->field GET fixed LIMIT 0 1",
          "*2\r\n" + std::string(null) + null}},
        11);
}

BOOST_FIXTURE_TEST_CASE(what_is_sorted_is_stored, RedisTalk)
{
    ask({{"RPUSH l 3 1 2", ":3\r\n"},
         {"SET n_1 one", ok},
         {"SORT l STORE l", ":3\r\n"},
         {"LRANGE l 0 -1", elements("1 2 3")},
         {"SORT l GET n_* STORE m", ":3\r\n"},
         {"LRANGE m 0 -1", "*3\r\n" + bulk("one") + bulk("") + bulk("")},
         {"SORT none STORE m", ":0\r\n"},
         {"EXISTS m", ":0\r\n"}},
        7);
}

// Redis leaves the order of texts to strcoll(), which ends at a NUL.
BOOST_FIXTURE_TEST_CASE(texts_are_sorted_up_to_a_nul_and_stored_by_all_bytes, RedisTalk)
{
    const std::string nul(1, '\0');
    const std::string by = "b" + nul + "y";
    const std::string bx = "b" + nul + "x";
    ask({{"RPUSH l " + by + " " + bx + " a", ":3\r\n"},
         {"SORT l ALPHA", elements("a " + by + " " + bx)},
         {"SORT l ALPHA STORE m", ":3\r\n"},
         {"LRANGE m 0 -1", elements("a " + bx + " " + by)}},
        7);
}

BOOST_FIXTURE_TEST_CASE(sorts_options_are_checked, RedisTalk)
{
    ask_each({"SORT l UP", "SORT l BY", "SORT l GET", "SORT l LIMIT 1", "SORT l STORE",
              "SORT_RO l STORE m"},
             syntax_error);
    ask({{"SORT l LIMIT x 1", not_an_integer}, {"SORT l LIMIT 0 x UP", not_an_integer}});
}

BOOST_AUTO_TEST_SUITE_END()
