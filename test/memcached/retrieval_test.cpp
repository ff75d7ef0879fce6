// get, gets, gat, gats (protocol.txt, "Retrieval command" and "Get And Touch").
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(retrieval_test)

using kv::test::MemcacheTalk;

namespace {

const kv::test::Turn set_a{"set a 0 0 1\r\n1\r\n", "STORED\r\n"};
const kv::test::Turn set_b{"set b 7 0 3\r\ntwo\r\n", "STORED\r\n"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_missed_key_answers_end, MemcacheTalk)
{
    check({{"get a\r\n", "END\r\n"}, {"gets a\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(many_keys_are_answered_in_their_order_and_end_once, MemcacheTalk)
{
    check({set_a, set_b, {"get b a\r\n", "VALUE b 7 3\r\ntwo\r\nVALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(keys_that_miss_are_left_out, MemcacheTalk)
{
    check({set_a,
           {"get x a y\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"},
           {"get x y z\r\n", "END\r\n"},
           {"get a x\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_key_asked_for_twice_is_answered_twice, MemcacheTalk)
{
    check({set_a, {"get a a\r\n", "VALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(gets_tells_the_cas_number, MemcacheTalk)
{
    check(
        {set_a, set_b, {"gets a b\r\n", "VALUE a 0 1 1\r\n1\r\nVALUE b 7 3 2\r\ntwo\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_hundred_keys_can_be_asked_for_at_once, MemcacheTalk)
{
    std::string sets;
    std::string stored;
    std::string request = "get";
    std::string values;
    for (int i = 0; i < 100; ++i) {
        const std::string key = "key:" + std::to_string(i);
        sets += "set " + key + " 0 0 1\r\nv\r\n";
        stored += "STORED\r\n";
        request += " " + key;
        values += "VALUE " + key + " 0 1\r\nv\r\n";
    }
    check({{sets, stored}, {request + "\r\n", values + "END\r\n"}}, 97);
}

// A get of more than 64 KiB is read key by key.
BOOST_FIXTURE_TEST_CASE(ten_thousand_keys_can_be_asked_for_at_once, MemcacheTalk)
{
    std::string keys;
    for (int i = 0; i < 10'000; ++i) keys += i % 5000 == 4999 ? " a" : " user:session:0123456";
    const std::string value = "VALUE a 0 1\r\n1\r\n";
    const std::string value_with_cas = "VALUE a 0 1 1\r\n1\r\n";
    check({set_a,
           {"get" + keys + "\r\n", value + value + "END\r\n"},
           {"get" + keys + "  \r\nget a\r\n", value + value + "END\r\n" + value + "END\r\n"},
           {"gats 100" + keys + " b\n", value_with_cas + value_with_cas + "END\r\n"},
           {"mg a t\r\n", "HD t100\r\n"}},
          49'999);
}

// Those before it have been answered by then; the rest of the line is dropped.
BOOST_FIXTURE_TEST_CASE(a_bad_key_of_a_long_get_is_told_once, MemcacheTalk)
{
    std::string keys;
    for (int i = 0; i < 10'000; ++i) keys += i % 7000 == 6999 ? " a" : " 0123456789";
    const std::string value = "VALUE a 0 1\r\n1\r\n";
    const std::string bad_key = " " + std::string(251, 'k');
    check({set_a,
           {"get" + keys + bad_key + keys + bad_key + keys + "\r\n", value + bad_format},
           {"get" + bad_key + keys + "\r\n", bad_format},
           {"get" + keys + bad_key + "\r\n", value + bad_format},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}},
          49'999);
}

BOOST_FIXTURE_TEST_CASE(a_get_without_a_key_is_an_error, MemcacheTalk)
{
    check_each({"get", "gets", "get ", "gat", "gats"}, error);
}

// As memcached does: here the words are counted with the time.
BOOST_FIXTURE_TEST_CASE(a_gat_without_keys_has_no_items, MemcacheTalk)
{
    check_each({"gat 10", "gats 10 "}, "END\r\n");
}

BOOST_FIXTURE_TEST_CASE(gat_reads_and_touches, MemcacheTalk)
{
    check({set_a,
           set_b,
           {"gat 100 a x b\r\n", "VALUE a 0 1\r\n1\r\nVALUE b 7 3\r\ntwo\r\nEND\r\n"},
           {"gat 0 a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"},
           {"gat -1 a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"},
           {"get a b\r\n", "VALUE b 7 3\r\ntwo\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(gats_tells_the_cas_number_and_keeps_it, MemcacheTalk)
{
    check({set_a,
           {"gats 100 a\r\n", "VALUE a 0 1 1\r\n1\r\nEND\r\n"},
           {"gets a\r\n", "VALUE a 0 1 1\r\n1\r\nEND\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_gat_with_a_bad_expiry_is_an_error, MemcacheTalk)
{
    check_each({"gat x a", "gats 1x a"}, "CLIENT_ERROR invalid exptime argument\r\n");
}

BOOST_FIXTURE_TEST_CASE(requests_sent_together_are_answered_in_one_write, MemcacheTalk)
{
    kv::test::ScriptedTransport peer;
    peer.sends("set a 0 0 1\r\n1\r\nget a\r\nget a b\r\ndelete a\r\nnonsense\r\nget a\r\n");
    peer.pauses();
    const auto held = hold(peer);
    BOOST_TEST(held.replies ==
               "STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\nVALUE a 0 1\r\n1\r\nEND\r\n"
               "DELETED\r\nERROR\r\nEND\r\n");
    BOOST_TEST(peer.writes().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_close_between_requests_ends_the_conversation_by_the_client, MemcacheTalk)
{
    kv::test::ScriptedTransport peer;
    peer.sends("get a\r\n").closes();
    BOOST_TEST((hold(peer).ended == kv::Ended::by_client));
}

BOOST_FIXTURE_TEST_CASE(half_a_request_before_the_close_is_not_answered, MemcacheTalk)
{
    check({{"get a\r\nget b", "END\r\n"}});
    check({{"get a\r\nset b 0 0 5\r\nhel", "END\r\n"}});
    check({{"set b 0 0 5\r\nhello\r", ""}});
}

BOOST_AUTO_TEST_SUITE_END()
