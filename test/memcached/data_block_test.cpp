// The data block: any bytes, exactly as many as announced, then CR LF.
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(data_block_test)

using kv::test::MemcacheTalk;

namespace {

std::string value_line(std::string_view key, std::string_view value)
{
    return "VALUE " + std::string(key) + " 0 " + std::to_string(value.size()) + "\r\n" +
           std::string(value) + "\r\nEND\r\n";
}

std::string set_line(std::string_view key, std::string_view value)
{
    return "set " + std::string(key) + " 0 0 " + std::to_string(value.size()) + "\r\n" +
           std::string(value) + "\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(values_are_any_bytes, MemcacheTalk)
{
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    check({{set_line("a", all), "STORED\r\n"}, {"get a\r\n", value_line("a", all)}});
}

BOOST_FIXTURE_TEST_CASE(a_value_may_look_like_commands, MemcacheTalk)
{
    const std::string value = "\r\nEND\r\nquit\r\nset a 0 0 1\r\n";
    check({{set_line("a", value), "STORED\r\n"}, {"get a\r\n", value_line("a", value)}});
}

BOOST_FIXTURE_TEST_CASE(a_value_larger_than_all_buffers_arrives_and_leaves_whole, MemcacheTalk)
{
    std::string value;
    for (int i = 0; i < 100'000; ++i) value += static_cast<char>(i * 7 % 256);
    check({{set_line("a", value), "STORED\r\n"}, {"get a\r\n", value_line("a", value)}}, 4999);
}

BOOST_FIXTURE_TEST_CASE(the_key_is_kept_while_a_large_value_comes_in, MemcacheTalk)
{
    const std::string key(250, 'k');
    const std::string value(40'000, 'v');
    check({{set_line(key, value), "STORED\r\n"}, {"get " + key + "\r\n", value_line(key, value)}},
          4999);
}

BOOST_FIXTURE_TEST_CASE(a_block_without_its_line_end_is_a_bad_chunk_and_not_stored, MemcacheTalk)
{
    check({{"set a 0 0 3\r\nabcXX", "CLIENT_ERROR bad data chunk\r\n"}, {"get a\r\n", "END\r\n"}});
    check(
        {{"set a 0 0 3\r\nabc\n\r", "CLIENT_ERROR bad data chunk\r\n"}, {"get a\r\n", "END\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_bad_chunk_keeps_what_was_stored, MemcacheTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
           {"set a 0 0 1\r\n2XX", "CLIENT_ERROR bad data chunk\r\n"},
           {"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_AUTO_TEST_CASE(the_largest_value_fits)
{
    const MemcacheTalk talk({.item = 10});
    talk.check({{"set a 0 0 10\r\n1234567890\r\n", "STORED\r\n"},
                {"get a\r\n", value_line("a", "1234567890")}});
}

BOOST_AUTO_TEST_CASE(a_value_too_large_is_refused_and_swallowed)
{
    const MemcacheTalk talk({.item = 10});
    for (const char* command : {"set", "add", "replace", "append", "prepend"}) {
        talk.check({{command + std::string(" a 0 0 11\r\n12345678901\r\n"),
                     "SERVER_ERROR object too large for cache\r\n"},
                    {"get b\r\n", "END\r\n"}});
    }
    talk.check(
        {{"cas a 0 0 11 1\r\nget b\r\n1234\r\n", "SERVER_ERROR object too large for cache\r\n"},
         {"get b\r\n", "END\r\n"}});
}

// Nobody is to be served what a set would have replaced. The other commands keep it.
BOOST_AUTO_TEST_CASE(a_set_that_cannot_be_stored_drops_the_old_value)
{
    const kv::test::Turn set_a{"set a 0 0 1\r\n1\r\n", "STORED\r\n"};
    const std::string too_large = "SERVER_ERROR object too large for cache\r\n";
    const std::string no_memory = "SERVER_ERROR out of memory storing object\r\n";
    const MemcacheTalk small({.item = 10});
    const MemcacheTalk full({.memory = 600});
    const std::string value(600, 'v');
    for (const std::string line : {"set a 0 0 ", "set a ", "ms a "}) {
        small.check({set_a, {line + "11\r\n12345678901\r\n", too_large}, {"get a\r\n", "END\r\n"}});
        full.check(
            {set_a, {line + "600\r\n" + value + "\r\n", no_memory}, {"get a\r\n", "END\r\n"}}, 7);
    }
    for (const std::string name : {"add", "replace", "append", "prepend", "cas"}) {
        const std::string cas = name == "cas" ? " 1" : "";
        small.check({set_a,
                     {name + " a 0 0 11" + cas + "\r\n12345678901\r\n", too_large},
                     {"get a\r\n", value_line("a", "1")}});
        full.check({set_a,
                    {name + " a 0 0 600" + cas + "\r\n" + value + "\r\n", no_memory},
                    {"get a\r\n", value_line("a", "1")}},
                   7);
    }
    small.check({set_a,
                 {"ms a 11 MA\r\n12345678901\r\n", too_large},
                 {"set a 0 x 11\r\n12345678901\r\n", MemcacheTalk::bad_format},
                 {"get a\r\n", value_line("a", "1")}});
}

BOOST_AUTO_TEST_CASE(a_value_of_many_buffers_is_swallowed_too)
{
    const MemcacheTalk talk({.item = 10});
    talk.check(
        {{set_line("a", std::string(100'000, 'x')), "SERVER_ERROR object too large for cache\r\n"},
         {"get b\r\n", "END\r\n"}},
        4999);
}

BOOST_AUTO_TEST_CASE(a_value_there_is_no_memory_for_is_refused_and_swallowed)
{
    const MemcacheTalk talk({.memory = 1000});
    talk.check(
        {{"set a 0 0 1\r\n1\r\n", "STORED\r\n"},
         {set_line("b", std::string(1000, 'x')), "SERVER_ERROR out of memory storing object\r\n"},
         {"get a b\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_full_server_works_again_after_a_delete)
{
    const std::string value(300, 'v');
    const MemcacheTalk talk({.memory = 900});
    talk.check(
        {{set_line("a", value), "STORED\r\n"},
         {set_line("b", value), "STORED\r\n"},
         {set_line("c", value), "SERVER_ERROR out of memory storing object\r\n"},
         {"append a 0 0 300\r\n" + value + "\r\n", "SERVER_ERROR out of memory storing object\r\n"},
         {"get a\r\n", value_line("a", value)},
         {"delete a\r\n", "DELETED\r\n"},
         {set_line("c", value), "STORED\r\n"},
         {"get b\r\n", value_line("b", value)}});
}

// No memory is taken for bytes that are only announced beyond the limit.
BOOST_AUTO_TEST_CASE(an_announced_length_beyond_the_limit_takes_no_memory)
{
    const MemcacheTalk talk({.memory = 1000});
    kv::test::ManualClock clock;
    kv::Store store(clock, 1000);
    kv::test::ScriptedTransport peer;
    peer.sends("set a 0 0 1000000\r\nsome bytes").closes();
    const auto held = talk.hold(peer, store);
    BOOST_TEST(held.replies == "");
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_vanishes_in_a_value_leaves_nothing_behind, MemcacheTalk)
{
    kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    kv::test::ScriptedTransport peer;
    peer.sends("set a 0 0 1000\r\nsome bytes").closes();
    const auto held = hold(peer, store);
    BOOST_TEST(held.replies == "");
    BOOST_TEST(!held.ended.has_value());
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
