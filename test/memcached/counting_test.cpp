// delete, incr, decr, touch (protocol.txt, "Deletion", "Increment/Decrement", "Touch").
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(counting_test)

using kv::test::MemcacheTalk;

BOOST_FIXTURE_TEST_CASE(delete_drops_what_is_stored, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"delete a\r\n", "DELETED\r\n"},
           {"delete a\r\n", "NOT_FOUND\r\n"},
           {"get a\r\n", "END\r\n"}});
}

// Old clients send a time of 0: memcached lets them.
BOOST_FIXTURE_TEST_CASE(delete_takes_a_zero_for_a_time, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"delete a 0\r\n", "DELETED\r\n"},
           {"delete a 0\r\n", "NOT_FOUND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(delete_takes_no_other_time, MemcacheTalk)
{
    check_each({"delete a 1", "delete a x", "delete a 1 noreplyx"},
               "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n");
}

BOOST_FIXTURE_TEST_CASE(delete_with_too_few_or_too_many_words_is_an_error, MemcacheTalk)
{
    check_each({"delete", "delete a 0 noreply x"}, error);
}

BOOST_FIXTURE_TEST_CASE(numbers_count_up_and_down, MemcacheTalk)
{
    check({{"set n 5 0 2\r\n10\r\n", "STORED\r\n"},
           {"incr n 5\r\n", "15\r\n"},
           {"decr n 3\r\n", "12\r\n"},
           {"get n\r\n", "VALUE n 5 2\r\n12\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(incr_wraps_around_at_64_bits, MemcacheTalk)
{
    check({{"set n 0 0 20\r\n18446744073709551615\r\n", "STORED\r\n"},
           {"incr n 1\r\n", "0\r\n"},
           {"incr n 18446744073709551615\r\n", "18446744073709551615\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(decr_stops_at_zero, MemcacheTalk)
{
    check({{"set n 0 0 1\r\n5\r\n", "STORED\r\n"},
           {"decr n 6\r\n", "0\r\n"},
           {"decr n 1\r\n", "0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_number_that_loses_a_digit_keeps_its_length, MemcacheTalk)
{
    check({{"set n 0 0 2\r\n10\r\n", "STORED\r\n"},
           {"decr n 1\r\n", "9\r\n"},
           {"get n\r\n", "VALUE n 0 2\r\n9 \r\nEND\r\n"},
           {"incr n 1\r\n", "10\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(counting_changes_the_cas_number, MemcacheTalk)
{
    check({{"set n 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"incr n 1\r\n", "2\r\n"},
           {"cas n 0 0 1 1\r\n9\r\n", "EXISTS\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(what_is_no_number_cannot_be_counted, MemcacheTalk)
{
    check({{"set n 0 0 3\r\none\r\n", "STORED\r\n"},
           {"incr n 1\r\n", "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"},
           {"decr n 1\r\n", "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"},
           {"set n 0 0 0\r\n\r\n", "STORED\r\n"},
           {"incr n 1\r\n", "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"}});
}

// As in memcached, where it does not fit half a page.
BOOST_FIXTURE_TEST_CASE(a_value_of_more_than_half_a_megabyte_cannot_be_counted, MemcacheTalk)
{
    const std::size_t most = std::size_t{512} << 10;
    const auto set = [](std::size_t bytes) {
        return "set n 0 0 " + std::to_string(bytes) + "\r\n7" + std::string(bytes - 1, ' ') +
               "\r\n";
    };
    constexpr std::size_t step = 100'000;
    check({{set(most), "STORED\r\n"},
           {"incr n 1\r\n", "8\r\n"},
           {set(most + 1), "STORED\r\n"},
           {"incr n 1\r\n", "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"}},
          step);
}

BOOST_FIXTURE_TEST_CASE(nothing_cannot_be_counted, MemcacheTalk)
{
    check({{"incr n 1\r\n", "NOT_FOUND\r\n"}, {"decr n 1\r\n", "NOT_FOUND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_delta_that_is_none_is_an_error, MemcacheTalk)
{
    check_each({"incr n x", "incr n -1", "decr n 1x", "incr n 18446744073709551616"},
               "CLIENT_ERROR invalid numeric delta argument\r\n");
}

BOOST_FIXTURE_TEST_CASE(counting_with_too_few_or_too_many_words_is_an_error, MemcacheTalk)
{
    check_each({"incr", "incr n", "decr n", "incr n 1 noreply x"}, error);
}

BOOST_FIXTURE_TEST_CASE(touch_gives_a_new_expiry, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"touch a 100\r\n", "TOUCHED\r\n"},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"},
           {"touch a -1\r\n", "TOUCHED\r\n"},
           {"get a\r\n", "END\r\n"},
           {"touch a 0\r\n", "NOT_FOUND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(touch_keeps_the_cas_number, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"touch a 100\r\n", "TOUCHED\r\n"},
           {"gets a\r\n", "VALUE a 0 1 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(touch_with_a_bad_expiry_is_an_error, MemcacheTalk)
{
    check_each({"touch a x", "touch a 1x"}, "CLIENT_ERROR invalid exptime argument\r\n");
}

BOOST_FIXTURE_TEST_CASE(touch_with_too_few_or_too_many_words_is_an_error, MemcacheTalk)
{
    check_each({"touch", "touch a", "touch a 1 noreply x"}, error);
}

BOOST_AUTO_TEST_SUITE_END()
