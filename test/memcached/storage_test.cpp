// set, add, replace, append, prepend, cas (protocol.txt, "Storage commands").
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(storage_test)

using kv::test::MemcacheTalk;

BOOST_FIXTURE_TEST_CASE(what_is_set_can_be_read, MemcacheTalk)
{
    check({{"set a 0 0 5\r\nhello\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 0 5\r\nhello\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(set_replaces, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"set a 0 0 3\r\ntwo\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 0 3\r\ntwo\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(an_empty_value_is_a_value, MemcacheTalk)
{
    check({{"set a 0 0 0\r\n\r\n", "STORED\r\n"}, {"get a\r\n", "VALUE a 0 0\r\n\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(flags_are_the_clients_own_32_bits, MemcacheTalk)
{
    check({{"set a 4294967295 0 1\r\nx\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 4294967295 1\r\nx\r\nEND\r\n"},
           {"set a 65536 0 1\r\nx\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 65536 1\r\nx\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_key_may_have_any_bytes_but_blanks_and_control_characters, MemcacheTalk)
{
    check({{"set \xc3\xa4!~:\xff 0 0 1\r\nx\r\n", "STORED\r\n"},
           {"get \xc3\xa4!~:\xff\r\n", "VALUE \xc3\xa4!~:\xff 0 1\r\nx\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(more_than_one_blank_may_separate_words, MemcacheTalk)
{
    check({{"set   a  0 0    1\r\nx\r\n", "STORED\r\n"},
           {"get    a  \r\n", "VALUE a 0 1\r\nx\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_command_line_may_end_with_lf_alone, MemcacheTalk)
{
    check({{"set a 0 0 1\nx\r\n", "STORED\r\n"}, {"get a\n", "VALUE a 0 1\r\nx\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(add_stores_only_where_nothing_is, MemcacheTalk)
{
    check({{"add a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"add a 0 0 1\r\n2\r\n", "NOT_STORED\r\n"},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(replace_stores_only_where_something_is, MemcacheTalk)
{
    check({{"replace a 0 0 1\r\n1\r\n", "NOT_STORED\r\n"},
           {"get a\r\n", "END\r\n"},
           {"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"replace a 5 0 1\r\n2\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 5 1\r\n2\r\nEND\r\n"},
           {"delete a\r\n", "DELETED\r\n"},
           {"replace a 0 0 1\r\n3\r\n", "NOT_STORED\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(append_and_prepend_keep_the_flags_and_the_expiry, MemcacheTalk)
{
    check({{"append a 0 0 1\r\n>\r\n", "NOT_STORED\r\n"},
           {"prepend a 0 0 1\r\n<\r\n", "NOT_STORED\r\n"},
           {"set a 7 0 3\r\nmid\r\n", "STORED\r\n"},
           {"append a 1 -1 1\r\n>\r\n", "STORED\r\n"},
           {"prepend a 2 -1 1\r\n<\r\n", "STORED\r\n"},
           {"append a 0 0 0\r\n\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 7 5\r\n<mid>\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_negative_expiry_is_over_at_once, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"set a 0 -1 1\r\n2\r\n", "STORED\r\n"},
           {"get a\r\n", "END\r\n"},
           {"add a 0 0 1\r\n3\r\n", "STORED\r\n"}});
}

// libmemcached sends -1 as 4294967295.
BOOST_FIXTURE_TEST_CASE(an_expiry_of_32_bits_is_a_negative_one, MemcacheTalk)
{
    for (const char* number : {"2147483648", "4294967295", "4294967296", "9223372036854775807"}) {
        const std::string words = std::string(" a 0 ") + number + " 1";
        check({{"set" + words + "\r\n1\r\n", "STORED\r\n"},
               {"get a\r\n", "END\r\n"},
               {"add" + words + "\r\n2\r\n", "STORED\r\n"},
               {"get a\r\n", "END\r\n"},
               {"set a 0 2147483647 1\r\n3\r\n", "STORED\r\n"},
               {"replace" + words + "\r\n4\r\n", "STORED\r\n"},
               {"get a\r\n", "END\r\n"},
               {"set a 0 0 1\r\n5\r\n", "STORED\r\n"},
               {"gets a\r\n", "VALUE a 0 1 8\r\n5\r\nEND\r\n"},
               {"cas" + words + " 8\r\n6\r\n", "STORED\r\n"},
               {"get a\r\n", "END\r\n"}},
              3);
    }
}

// All but storage commands refuse such a time (memcached since 1.6.40).
BOOST_FIXTURE_TEST_CASE(elsewhere_an_expiry_of_32_bits_is_refused, MemcacheTalk)
{
    const std::string bad_exptime = "CLIENT_ERROR invalid exptime argument\r\n";
    const std::string bad_token = "CLIENT_ERROR bad token in command line format\r\n";
    for (const std::string number : {"2147483648", "4294967295", "99999999999"}) {
        check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
               {"touch a " + number + "\r\n", bad_exptime},
               {"gat " + number + " a\r\n", bad_exptime},
               {"flush_all " + number + "\r\n", bad_exptime},
               {"mg a T" + number + "\r\n", bad_token},
               {"ms a 1 T" + number + "\r\n2\r\n", bad_token},
               {"mg a t v\r\n", "VA 1 t-1\r\n1\r\n"}},
              7);
    }
}

BOOST_FIXTURE_TEST_CASE(an_expiry_in_the_past_is_over_at_once, MemcacheTalk)
{
    check({{"set a 0 1600000000 1\r\n1\r\n", "STORED\r\n"}, {"get a\r\n", "END\r\n"}});
}

// Thirty days are a span; one second more is a moment in January 1970.
BOOST_FIXTURE_TEST_CASE(an_expiry_of_more_than_thirty_days_is_unix_time, MemcacheTalk)
{
    check({{"set a 0 2592000 1\r\n1\r\n", "STORED\r\n"},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"},
           {"set a 0 2592001 1\r\n2\r\n", "STORED\r\n"},
           {"get a\r\n", "END\r\n"}});
}

// A fresh store counts its cas numbers from 1, as memcached does.
BOOST_FIXTURE_TEST_CASE(cas_stores_what_nobody_has_changed, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"gets a\r\n", "VALUE a 0 1 1\r\n1\r\nEND\r\n"},
           {"cas a 3 0 1 1\r\n2\r\n", "STORED\r\n"},
           {"gets a\r\n", "VALUE a 3 1 2\r\n2\r\nEND\r\n"},
           {"cas a 0 0 1 1\r\n3\r\n", "EXISTS\r\n"},
           {"gets a\r\n", "VALUE a 3 1 2\r\n2\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(cas_of_nothing_is_not_found, MemcacheTalk)
{
    check({{"cas a 0 0 1 1\r\nx\r\n", "NOT_FOUND\r\n"}, {"get a\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_largest_cas_number_is_a_number, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"cas a 0 0 1 18446744073709551615\r\n2\r\n", "EXISTS\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_storage_line_with_too_few_words_is_an_error, MemcacheTalk)
{
    check_each({"set", "set a", "set a 0 0", "add a 0 0", "add a 5", "replace a 0 0", "append a 0",
                "prepend a 0 0", "cas a 0 0 1"},
               error);
}

// A block whose length is known is not taken for commands, whatever is wrong with its line.
BOOST_FIXTURE_TEST_CASE(the_block_of_a_refused_line_is_dropped, MemcacheTalk)
{
    const std::string long_key(251, 'k');
    const std::string block = "\r\nflush_all\r\n";
    const auto is_dropped = [&](const std::string& line, const std::string& answer) {
        BOOST_TEST_CONTEXT(line.substr(0, 40))
        {
            check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
                   {line + block, answer},
                   {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}},
                  11);
        }
    };
    for (const char* name : {"set", "add", "replace", "append", "prepend", "cas"}) {
        const std::string verb = name;
        const std::string cas = verb == "cas" ? " 1" : "";
        is_dropped(verb + " " + long_key + " 0 0 9" + cas, bad_format);
        is_dropped(verb + " a\x01 0 0 9" + cas, bad_format);
        is_dropped(verb + " a x 0 9" + cas, bad_format);
        is_dropped(verb + " a 4294967296 0 9" + cas, bad_format);
        is_dropped(verb + " a 0 x 9" + cas, bad_format);
        is_dropped(verb + " a 0 0 9" + cas + " noreply x", error);
        is_dropped(verb + " a x 0 9" + cas + " noreply", "");
    }
    is_dropped("cas a 0 0 9 x", bad_format);
    is_dropped("set " + long_key + " 9", bad_format);
    is_dropped("ms " + long_key + " 9", bad_format);
    is_dropped("ms a 9 Fx", bad_format);
    is_dropped("ms a 9 MX", "CLIENT_ERROR invalid mode for ms M token\r\n");
    is_dropped("ms a 9 a b c d e f g h i j k l m n o p q r",
               "CLIENT_ERROR options flags too long\r\n");
    is_dropped("ms =a 9 b", "CLIENT_ERROR error decoding key\r\n");
}

// What follows such a line is not taken for its data block: nobody knows how long that is.
BOOST_FIXTURE_TEST_CASE(a_length_that_is_none_is_an_error, MemcacheTalk)
{
    check_each({"set a 0 0 -1", "set a 0 0 x", "set a 0 0 1x", "set a 0 0 2147483648",
                "set a 0 0 18446744073709551617", "set a 0 0 99999999999999999999999",
                "set a 0 0 0x10", "set a 0 0 1.5"},
               bad_format);
}

BOOST_FIXTURE_TEST_CASE(flags_that_are_none_are_an_error, MemcacheTalk)
{
    check_each(
        {"set a x 0 1\r\n1", "set a -1 0 1\r\n1", "set a 4294967296 0 1\r\n1", "set a 1x 0 1\r\n1"},
        bad_format);
}

BOOST_FIXTURE_TEST_CASE(an_expiry_that_is_none_is_an_error, MemcacheTalk)
{
    check_each({"set a 0 x 1\r\n1", "set a 0 1x 1\r\n1", "set a 0 1.5 1\r\n1"}, bad_format);
}

BOOST_FIXTURE_TEST_CASE(a_cas_number_that_is_none_is_an_error, MemcacheTalk)
{
    check_each(
        {"cas a 0 0 1 x\r\n1", "cas a 0 0 1 -1\r\n1", "cas a 0 0 1 18446744073709551616\r\n1"},
        bad_format);
}

// Debian's memcached says NOT_STORED too.
BOOST_AUTO_TEST_CASE(what_would_become_too_large_is_not_stored)
{
    MemcacheTalk({.item = 10})
        .check({{"set a 0 0 6\r\nsixxxx\r\n", "STORED\r\n"},
                {"append a 0 0 5\r\n12345\r\n", "NOT_STORED\r\n"},
                {"prepend a 0 0 5\r\n12345\r\n", "NOT_STORED\r\n"},
                {"get a\r\n", "VALUE a 0 6\r\nsixxxx\r\nEND\r\n"},
                {"append a 0 0 4\r\n1234\r\n", "STORED\r\n"},
                {"prepend a 0 0 1\r\n1\r\n", "NOT_STORED\r\n"},
                {"get a\r\n", "VALUE a 0 10\r\nsixxxx1234\r\nEND\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
