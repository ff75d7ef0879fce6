// mg, ms, md, ma, mn (protocol.txt, "Meta Commands"). A fresh store counts its cas numbers from 1.
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(meta_test)

using kv::test::MemcacheTalk;

namespace {

const kv::test::Turn set_a{"ms a 3\r\none\r\n", "HD\r\n"};
const kv::test::Turn a_is_gone{"mg a v\r\n", "EN\r\n"};
const kv::test::Turn nothing_was_said{"mn\r\n", "MN\r\n"};
const std::string too_long_key(251, 'k');

}  // namespace

// --- mg: an item, and what is known of it ---

BOOST_FIXTURE_TEST_CASE(a_read_shows_what_its_flags_ask_for_in_their_order, MemcacheTalk)
{
    check({{"mg a v\r\n", "EN\r\n"},
           {"set a 5 0 3\r\none\r\n", "STORED\r\n"},
           {"mg a\r\n", "HD\r\n"},
           {"mg a v\r\n", "VA 3\r\none\r\n"},
           {"mg a s f k t\r\n", "HD s3 f5 ka t-1\r\n"},
           {"mg a v f Oid17 k\r\n", "VA 3 f5 Oid17 ka\r\none\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_read_may_give_a_new_expiry, MemcacheTalk)
{
    check({set_a, {"mg a T100 t\r\n", "HD t100\r\n"}, {"mg a T0 t\r\n", "HD t-1\r\n"}});
}

// h: read before? l: seconds since; u: this reading does not count.
BOOST_FIXTURE_TEST_CASE(a_read_tells_of_those_before_it, MemcacheTalk)
{
    check({set_a,
           {"mg a h l u\r\n", "HD h0 l0\r\n"},
           {"mg a h\r\n", "HD h0\r\n"},
           {"mg a h\r\n", "HD h1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_key_may_be_in_base64, MemcacheTalk)
{
    check({{"ms Zm9v 3 b\r\nfoo\r\n", "HD\r\n"},
           {"mg Zm9v b k v\r\n", "VA 3 kZm9v b\r\nfoo\r\n"},
           {"mg foo k v\r\n", "VA 3 kZm9v b\r\nfoo\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_meta_line_needs_a_key, MemcacheTalk)
{
    check_each({"mg"}, error);
    check_each({"mg " + too_long_key, "mg a\x01"}, bad_format);
}

// N makes an empty item of a miss, and gives one client the task to fill it.
BOOST_FIXTURE_TEST_CASE(a_miss_is_filled_by_the_one_client_that_wins, MemcacheTalk)
{
    check({{"mg page v N100 t\r\n", "VA 0 t100 W\r\n\r\n"},
           {"mg page v N100\r\n", "VA 0 Z\r\n\r\n"},
           {"ms page 4 T100\r\nhtml\r\n", "HD\r\n"},
           {"mg page v N100\r\n", "VA 4\r\nhtml\r\n"}});
}

// R: below so many seconds one client is told to renew it.
BOOST_FIXTURE_TEST_CASE(an_item_is_renewed_before_it_expires, MemcacheTalk)
{
    check({{"ms page 4 T100\r\nhtml\r\n", "HD\r\n"},
           {"mg page v R30\r\n", "VA 4\r\nhtml\r\n"},
           {"mg page v R200\r\n", "VA 4 W\r\nhtml\r\n"},
           {"mg page v R200\r\n", "VA 4 Z\r\nhtml\r\n"}});
}

// C: the client has it already, if the cas number is still this.
BOOST_FIXTURE_TEST_CASE(a_read_may_leave_out_a_value_that_has_not_changed, MemcacheTalk)
{
    check({set_a,
           {"mg a C1 v s\r\n", "HD s3\r\n"},
           {"mg a C2 v\r\n", "VA 3\r\none\r\n"},
           {"mg a C0 v\r\n", "VA 3\r\none\r\n"},
           {"mg b C1 v\r\n", "EN\r\n"}});
}

// E: the cas number is the client's choice; 0 is none.
BOOST_FIXTURE_TEST_CASE(a_client_may_choose_the_cas_number, MemcacheTalk)
{
    check({{"mg new N30 E500 c\r\n", "HD c500 W\r\n"},
           {"mg new E7 c\r\n", "HD c500 Z\r\n"},
           {"ms a 1 E600 c\r\n1\r\n", "HD c600\r\n"},
           {"ms a 1 E0 c\r\n1\r\n", "HD c3\r\n"},
           {"ma n N0 E700 c\r\n", "HD c700\r\n"}});
}

// --- ms: T is the expiry, F the client's flags, M the mode ---

BOOST_FIXTURE_TEST_CASE(a_store_has_flags_and_an_expiry, MemcacheTalk)
{
    check({set_a,
           {"mg a v t f\r\n", "VA 3 t-1 f0\r\none\r\n"},
           {"ms a 3 T100 F7 k Oid\r\ntwo\r\n", "HD ka Oid\r\n"},
           {"mg a v t f\r\n", "VA 3 t100 f7\r\ntwo\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_store_tells_the_size_of_what_is_stored, MemcacheTalk)
{
    check({{"ms a 3 s\r\none\r\n", "HD s3\r\n"},
           {"ms a 2 MA s\r\n>>\r\n", "HD s5\r\n"},
           {"ms b 2 MP N0 k s\r\n<<\r\n", "HD kb s2\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_mode_is_that_of_a_storage_command, MemcacheTalk)
{
    check({set_a,
           {"ms a 1 ME\r\nx\r\n", "NS\r\n"},
           {"ms b 1 ME\r\nx\r\n", "HD\r\n"},
           {"ms nobody 1 MR\r\nx\r\n", "NS\r\n"},
           {"ms nobody 1 MA\r\nx\r\n", "NS\r\n"},
           {"ms a 1 MA\r\n>\r\n", "HD\r\n"},
           {"ms a 1 MP\r\n<\r\n", "HD\r\n"},
           {"mg a v\r\n", "VA 5\r\n<one>\r\n"},
           {"ms a 1 MR\r\n2\r\n", "HD\r\n"},
           {"ms a 1 MS\r\n3\r\n", "HD\r\n"},
           {"mg a v\r\n", "VA 1\r\n3\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_store_may_compare_the_cas_number, MemcacheTalk)
{
    check({set_a,
           {"mg a c\r\n", "HD c1\r\n"},
           {"ms a 1 C1\r\n1\r\n", "HD\r\n"},
           {"ms a 1 C1\r\n2\r\n", "EX\r\n"},
           {"ms nobody 1 C1\r\n2\r\n", "NF\r\n"},
           {"mg a v c\r\n", "VA 1 c2\r\n1\r\n"}});
}

// Where a length was given the data block is read and forgotten.
BOOST_FIXTURE_TEST_CASE(a_bad_store_is_an_error_and_its_value_is_swallowed, MemcacheTalk)
{
    check_each({"ms a", "ms a x", "ms a 1 Fx\r\n1"}, bad_format);
    check_each({"ms a 1 MX\r\n1"}, "CLIENT_ERROR invalid mode for ms M token\r\n");
}

// What stands where the CR LF should be is taken for a command of its own.
BOOST_FIXTURE_TEST_CASE(a_store_of_another_length_is_a_bad_chunk, MemcacheTalk)
{
    check({{"ms a 1\r\n1XX\r\n", "CLIENT_ERROR bad data chunk\r\nERROR\r\n"}, a_is_gone});
}

// --- md: drops an item, or marks it as stale (I) ---

BOOST_FIXTURE_TEST_CASE(a_delete_drops_what_is_there, MemcacheTalk)
{
    check({{"md a\r\n", "NF\r\n"}, set_a, {"md a\r\n", "HD\r\n"}, a_is_gone});
}

BOOST_FIXTURE_TEST_CASE(a_delete_may_compare_the_cas_number, MemcacheTalk)
{
    check({set_a,
           {"md a C18446744073709551615\r\n", "EX\r\n"},
           {"md a C1 Oid k\r\n", "HD Oid ka\r\n"},
           a_is_gone});
}

// X: it is stale. W: this client is to renew it. Z: another client has been told that.
BOOST_FIXTURE_TEST_CASE(a_stale_item_is_read_until_one_client_has_renewed_it, MemcacheTalk)
{
    check({set_a,
           {"md a I T100\r\n", "HD\r\n"},
           {"mg a v t\r\n", "VA 3 t100 X W\r\none\r\n"},
           {"mg a v\r\n", "VA 3 Z X\r\none\r\n"},
           {"ms a 3\r\ntwo\r\n", "HD\r\n"},
           {"mg a v\r\n", "VA 3\r\ntwo\r\n"}});
}

// --- ma: counts by D, up, or down with MD or M- ---

BOOST_FIXTURE_TEST_CASE(a_count_goes_up_and_down, MemcacheTalk)
{
    check({{"ma n\r\n", "NF\r\n"},
           {"ma n N0 J10 v\r\n", "VA 2\r\n10\r\n"},
           {"ma n v\r\n", "VA 2\r\n11\r\n"},
           {"ma n D9 v\r\n", "VA 2\r\n20\r\n"},
           {"ma n MD D5 v\r\n", "VA 2\r\n15\r\n"},
           {"ma n M- D100 v\r\n", "VA 1\r\n0\r\n"},
           {"ma n\r\n", "HD\r\n"},
           {"ma n T100 t\r\n", "HD t100\r\n"},
           {"mg n v\r\n", "VA 2\r\n2 \r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_count_may_compare_the_cas_number, MemcacheTalk)
{
    check({{"set n 0 0 1\r\n3\r\n", "STORED\r\n"},
           {"ma n C1 v\r\n", "VA 1\r\n4\r\n"},
           {"ma n C1 v\r\n", "EX\r\n"},
           {"mg n c\r\n", "HD c2\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_count_of_no_number_or_by_none_is_an_error, MemcacheTalk)
{
    check({{"ms n 4\r\nmany\r\n", "HD\r\n"},
           {"ma n\r\n", "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"},
           {"ma n Dx\r\n", "CLIENT_ERROR invalid or duplicate flag\r\n"}});
}

// --- q, and mn, which answers that everything before it has been worked on ---

BOOST_FIXTURE_TEST_CASE(what_goes_as_asked_is_done_in_silence, MemcacheTalk)
{
    check({{"mg a v q\r\n", ""},
           {"ms a 1 q\r\n3\r\n", ""},
           {"ma a q\r\n", ""},
           {"ma n N0 J5 q\r\n", ""},
           {"mg a v\r\n", "VA 1\r\n4\r\n"},
           {"ms a 1 q ME\r\n5\r\n", "NS\r\n"},
           {"md a q\r\n", ""},
           a_is_gone,
           {"mg a v q\r\nmg b v q\r\n", ""},
           nothing_was_said});
}

// Debian's memcached says NS too.
BOOST_AUTO_TEST_CASE(what_would_become_too_large_is_not_stored)
{
    MemcacheTalk({.item = 10})
        .check({{"ms a 6\r\nsixxxx\r\n", "HD\r\n"},
                {"ms a 5 MA\r\n12345\r\n", "NS\r\n"},
                {"ms a 5 MP\r\n12345\r\n", "NS\r\n"},
                {"mg a v\r\n", "VA 6\r\nsixxxx\r\n"},
                {"ms a 4 MA\r\n1234\r\n", "HD\r\n"},
                {"ms new 10 MA N0\r\n0123456789\r\n", "HD\r\n"},
                {"ms new 1 MP N0\r\n1\r\n", "NS\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
