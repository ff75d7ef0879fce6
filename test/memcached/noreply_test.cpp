// noreply: the request is carried out, and nothing is said, not even an error.
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(noreply_test)

using kv::test::MemcacheTalk;

BOOST_FIXTURE_TEST_CASE(storing_in_silence, MemcacheTalk)
{
    check({{"set a 0 0 1 noreply\r\n1\r\n", ""},
           {"add b 0 0 1 noreply\r\n2\r\n", ""},
           {"replace b 0 0 1 noreply\r\n3\r\n", ""},
           {"append b 0 0 1 noreply\r\n4\r\n", ""},
           {"prepend b 0 0 1 noreply\r\n5\r\n", ""},
           {"get a b\r\n", "VALUE a 0 1\r\n1\r\nVALUE b 0 3\r\n534\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(cas_in_silence, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"cas a 0 0 1 1 noreply\r\n2\r\n", ""},
           {"cas a 0 0 1 1 noreply\r\n3\r\n", ""},
           {"cas b 0 0 1 1 noreply\r\n3\r\n", ""},
           {"get a b\r\n", "VALUE a 0 1\r\n2\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(failing_in_silence, MemcacheTalk)
{
    check({{"add a 0 0 1 noreply\r\n1\r\n", ""},
           {"add a 0 0 1 noreply\r\n2\r\n", ""},
           {"replace b 0 0 1 noreply\r\n2\r\n", ""},
           {"append b 0 0 1 noreply\r\n2\r\n", ""},
           {"delete b noreply\r\n", ""},
           {"touch b 1 noreply\r\n", ""},
           {"incr b 1 noreply\r\n", ""},
           {"get a b\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(everything_else_in_silence, MemcacheTalk)
{
    check({{"set n 0 0 1\r\n5\r\n", "STORED\r\n"},
           {"incr n 2 noreply\r\n", ""},
           {"decr n 1 noreply\r\n", ""},
           {"touch n 100 noreply\r\n", ""},
           {"verbosity 1 noreply\r\n", ""},
           {"get n\r\n", "VALUE n 0 1\r\n6\r\nEND\r\n"},
           {"delete n noreply\r\n", ""},
           {"get n\r\n", "END\r\n"},
           {"set n 0 0 1\r\n5\r\n", "STORED\r\n"},
           {"delete n 0 noreply\r\n", ""},
           {"get n\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(flushing_in_silence, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n5\r\n", "STORED\r\n"},
           {"flush_all noreply\r\n", ""},
           {"get a\r\n", "END\r\n"},
           {"set a 0 0 1\r\n5\r\n", "STORED\r\n"},
           {"flush_all 100 noreply\r\n", ""},
           {"get a\r\n", "VALUE a 0 1\r\n5\r\nEND\r\n"},
           {"flush_all 0 noreply\r\n", ""},
           {"get a\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(errors_are_silent_too, MemcacheTalk)
{
    check({{"set a x 0 1 noreply\r\n1\r\n", ""},
           {"incr a x noreply\r\n", ""},
           {"touch a x noreply\r\n", ""},
           {"set n 0 0 1 noreply\r\nx\r\n", ""},
           {"incr n 1 noreply\r\n", ""},
           {"get a\r\n", "END\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_value_that_is_too_large_is_swallowed_in_silence)
{
    MemcacheTalk({.item = 10})
        .check({{"set a 0 0 11 noreply\r\n12345678901\r\n", ""}, {"get a\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_word_counts_only_at_the_end, MemcacheTalk)
{
    check({{"set noreply 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"get noreply\r\n", "VALUE noreply 0 1\r\n1\r\nEND\r\n"},
           {"incr noreply 1\r\n", "2\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_get_is_always_answered, MemcacheTalk)
{
    check({{"get a noreply\r\n", "END\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
