// flush_all, version, verbosity, stats, quit, and what looks after a server (protocol.txt, "Other
// commands").
#include "common/version.h"
#include "test/support/memcache_talk.h"

BOOST_AUTO_TEST_SUITE(administration_test)

using kv::test::MemcacheTalk;

namespace {

const kv::test::Turn set_a{"set a 0 0 1\r\n1\r\n", "STORED\r\n"};
const kv::test::Turn a_is_there{"get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"};
const kv::test::Turn a_is_gone{"get a\r\n", "END\r\n"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(flush_all_drops_everything, MemcacheTalk)
{
    check({set_a, {"flush_all\r\n", "OK\r\n"}, a_is_gone, set_a, a_is_there});
    check({set_a, {"flush_all 0\r\n", "OK\r\n"}, a_is_gone});
}

BOOST_FIXTURE_TEST_CASE(flush_all_with_a_delay_drops_nothing_yet, MemcacheTalk)
{
    check({set_a, {"flush_all 100\r\n", "OK\r\n"}, a_is_there});
}

BOOST_FIXTURE_TEST_CASE(flush_all_with_a_bad_delay_is_an_error, MemcacheTalk)
{
    check_each({"flush_all x", "flush_all 1x"}, "CLIENT_ERROR invalid exptime argument\r\n");
    check_each({"flush_all 1 noreply x"}, error);
}

BOOST_FIXTURE_TEST_CASE(the_version_is_told, MemcacheTalk)
{
    check({{"version\r\n", "VERSION " + std::string(kv::memcached_version) + "\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(verbosity_is_taken, MemcacheTalk)
{
    check_each({"verbosity 0", "verbosity 1", "verbosity 2"}, "OK\r\n");
    check_each({"verbosity"}, error);
}

BOOST_FIXTURE_TEST_CASE(quit_ends_the_conversation_without_a_word, MemcacheTalk)
{
    check_closed({set_a, {"quit\r\nget a\r\n", ""}});
}

BOOST_FIXTURE_TEST_CASE(stats_are_lines_and_an_end, MemcacheTalk)
{
    kv::test::ScriptedTransport peer;
    peer.sends("stats\r\n");
    std::string replies = hold(peer).replies;
    BOOST_TEST(replies.starts_with("STAT pid "));
    BOOST_TEST(replies.ends_with("\r\nEND\r\n"));
    replies.resize(replies.size() - std::string("END\r\n").size());
    while (!replies.empty()) {
        const std::string line = replies.substr(0, replies.find("\r\n"));
        BOOST_TEST(line.starts_with("STAT "));
        BOOST_TEST(std::count(line.begin(), line.end(), ' ') >= 2);
        replies.erase(0, line.size() + 2);
    }
}

BOOST_FIXTURE_TEST_CASE(statistics_reset_say_so, MemcacheTalk)
{
    check({{"stats reset\r\n", "RESET\r\n"}});
    check_each({"stats nonsense"}, error);
}

BOOST_FIXTURE_TEST_CASE(the_memory_limit_is_changed_but_not_to_next_to_nothing, MemcacheTalk)
{
    check_each({"cache_memlimit 64"}, "OK\r\n");
    check_each({"cache_memlimit 1"}, "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_shutdown_has_to_be_permitted, MemcacheTalk)
{
    check_each({"shutdown"}, "ERROR: shutdown not enabled\r\n");
}

BOOST_FIXTURE_TEST_CASE(all_keys_can_be_listed, MemcacheTalk)
{
    check({set_a,
           {"lru_crawler mgdump all\r\n", "mg a\r\nEN\r\n"},
           {"lru_crawler metadump nonsense\r\n", "BADCLASS invalid class id\r\n"}});
    kv::test::ScriptedTransport peer;
    peer.sends(set_a.sent + "lru_crawler metadump all\r\n");
    const std::string replies = hold(peer).replies;
    BOOST_TEST(replies.starts_with(set_a.expected + "key=a exp=-1 la=1700000000 cas=1 fetch=no"));
    BOOST_TEST(replies.ends_with("\nEND\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
