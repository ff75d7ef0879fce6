// `set key len\r\n<bytes>`: the tutorial's set, beside memcached's (its bytes need no line end; one
// directly behind them is dropped).
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(three_word_set_test)

using kv::test::MemcacheTalk;

namespace {

const kv::test::Turn k_is_hello{"get k\r\n", "VALUE k 0 5\r\nhello\r\nEND\r\n"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_next_command_may_follow_the_bytes_directly, MemcacheTalk)
{
    check({{"set k 5\r\nhello", "STORED\r\n"}, k_is_hello});
}

BOOST_FIXTURE_TEST_CASE(a_line_end_behind_the_bytes_is_dropped, MemcacheTalk)
{
    check({{"set k 5\r\nhello\r\n", "STORED\r\n"}, k_is_hello});
    check({{"set k 5\nhello\n", "STORED\r\n"}, k_is_hello});
}

BOOST_FIXTURE_TEST_CASE(only_one_line_end_is_dropped, MemcacheTalk)
{
    check({{"set k 5\r\nhello\r\n\r\n", "STORED\r\nERROR\r\n"}, k_is_hello});
}

BOOST_FIXTURE_TEST_CASE(only_a_line_end_directly_behind_is_dropped, MemcacheTalk)
{
    check(
        {{"set k 5\r\nhelloget k\r\n\r\n", "STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\nERROR\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(many_in_a_row_stay_in_step, MemcacheTalk)
{
    check({{"set a 1\r\n1set b 1\r\n2\r\nset c 1\r\n3\nset d 2\r\n\r\n",
            "STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\n"},
           {"get a b c\r\n", "VALUE a 0 1\r\n1\r\nVALUE b 0 1\r\n2\r\nVALUE c 0 1\r\n3\r\nEND\r\n"},
           {"get d\r\n", "VALUE d 0 2\r\n\r\n\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_line_end_may_be_part_of_the_value, MemcacheTalk)
{
    check({{"set k 7\r\nhello\r\n", "STORED\r\n"},
           {"get k\r\n", "VALUE k 0 7\r\nhello\r\n\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(an_empty_value_may_be_set, MemcacheTalk)
{
    check({{"set k 0\r\n", "STORED\r\n"}, {"get k\r\n", "VALUE k 0 0\r\n\r\nEND\r\n"}});
    check({{"set k 0\r\n\r\n", "STORED\r\n"}, {"get k\r\n", "VALUE k 0 0\r\n\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(flags_are_0_and_it_never_expires, MemcacheTalk)
{
    check({{"set k 9 1 1\r\nx\r\n", "STORED\r\n"},
           {"set k 1\r\ny", "STORED\r\n"},
           {"get k\r\n", "VALUE k 0 1\r\ny\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_tutorials_two_commands_work_as_typed, MemcacheTalk)
{
    check({{"set k 5\r\nhelloget k\r\n", "STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_length_that_is_none_is_an_error, MemcacheTalk)
{
    check_each(
        {"set k x", "set k -1", "set k 1x", "set k 2147483648", "set k 18446744073709551617"},
        bad_format);
}

BOOST_FIXTURE_TEST_CASE(a_key_that_is_none_is_an_error, MemcacheTalk)
{
    check_each({"set " + std::string(251, 'k') + " 1\r\n1", "set k\t 1\r\n1"}, bad_format);
}

BOOST_AUTO_TEST_CASE(a_value_too_large_is_swallowed)
{
    const MemcacheTalk talk({.item = 10});
    talk.check({{"set k 11\r\n12345678901", "SERVER_ERROR object too large for cache\r\n"},
                {"get k\r\n", "END\r\n"}});
    talk.check({{"set k 11\r\n12345678901\r\n", "SERVER_ERROR object too large for cache\r\n"},
                {"get k\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(other_commands_have_no_short_form, MemcacheTalk)
{
    check_each({"add k 5", "replace k 5", "append k 5", "cas k 5"}, error);
}

BOOST_AUTO_TEST_SUITE_END()
