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

BOOST_FIXTURE_TEST_CASE(a_client_can_watch_what_it_names, MemcacheTalk)
{
    check({{"watch\r\n", "OK\r\n"}, {"watch evictions deletions\r\n", "OK\r\n"}});
    check_each({"watch nonsense", "watch fetchers x"}, error);
}

BOOST_FIXTURE_TEST_CASE(all_keys_can_be_listed, MemcacheTalk)
{
    check({set_a,
           {"lru_crawler mgdump all\r\n", "mg a\r\nEN\r\n"},
           {"lru_crawler metadump nonsense\r\n", "BADCLASS invalid class id\r\n"}});
    kv::test::ScriptedTransport peer;
    peer.sends("set a 7 0 1\r\n1\r\nlru_crawler metadump all\r\n");
    const std::string replies = hold(peer).replies;
    BOOST_TEST(replies.starts_with(set_a.expected +
                                   "key=a exp=-1 la=1700000000 cas=1 fetch=no cls=1 size="));
    BOOST_TEST(replies.find(" flags=7\n") != std::string::npos);
    BOOST_TEST(replies.ends_with("\nEND\r\n"));
}

// Everything is in class 1, of memcached's 63.
BOOST_FIXTURE_TEST_CASE(the_keys_of_some_classes_can_be_listed, MemcacheTalk)
{
    const std::string bad_class = "BADCLASS invalid class id\r\n";
    check({set_a,
           {"lru_crawler mgdump 5,1\r\n", "mg a\r\nEN\r\n"},
           {"lru_crawler mgdump 2,63\r\n", "EN\r\n"},
           {"lru_crawler metadump 2\r\n", "END\r\n"},
           {"lru_crawler crawl 1,2\r\n", "OK\r\n"}});
    check_each({"lru_crawler metadump 0", "lru_crawler metadump 64", "lru_crawler metadump 1,x",
                "lru_crawler metadump 1,"},
               bad_class);
}

BOOST_FIXTURE_TEST_CASE(keys_can_be_listed_as_a_slab_class, MemcacheTalk)
{
    check({{"set a 0 0 3\r\none\r\n", "STORED\r\n"},
           {"stats cachedump 1 0\r\n", "ITEM a [3 b; 0 s]\r\nEND\r\n"},
           {"touch a 100\r\n", "TOUCHED\r\n"},
           {"stats cachedump 1 5\r\n", "ITEM a [3 b; 1700000100 s]\r\nEND\r\n"},
           {"stats cachedump 2 0\r\n", "END\r\n"},
           {"ms YSBi 1 b\r\n1\r\ndelete a\r\n", "HD\r\nDELETED\r\n"},
           {"stats cachedump 1 0\r\n", "END\r\n"}},
          7);
    check_each({"stats cachedump", "stats cachedump 1"}, "CLIENT_ERROR bad command line\r\n");
    check_each({"stats cachedump x 1", "stats cachedump 1 x"}, bad_format);
    check_each({"stats cachedump 64 1"}, "CLIENT_ERROR Illegal slab id\r\n");
    kv::test::ScriptedTransport peer;
    for (int i = 0; i < 100; ++i)
        peer.sends("set k" + std::to_string(i) + " 0 0 1 noreply\r\n1\r\n");
    peer.sends("stats cachedump 1 30\r\n");
    const std::string replies = hold(peer).replies;
    BOOST_TEST(std::count(replies.begin(), replies.end(), '\n') == 31);
}

BOOST_FIXTURE_TEST_CASE(requests_are_counted_by_prefix_while_that_is_asked_for, MemcacheTalk)
{
    check({{"get a:1\r\n", "END\r\n"},
           {"stats detail dump\r\n", "END\r\n"},
           {"stats detail on\r\n", "OK\r\n"},
           {"set a:1 0 0 1\r\n1\r\nget a:1 a:2 b\r\nmg a:1\r\ndelete a:1\r\nget c:1\r\n",
            "STORED\r\nVALUE a:1 0 1\r\n1\r\nEND\r\nHD\r\nDELETED\r\nEND\r\n"},
           {"stats detail off\r\n", "OK\r\n"},
           {"get a:1\r\n", "END\r\n"},
           {"stats detail dump\r\n",
            "PREFIX a get 3 hit 2 set 1 del 1\r\nPREFIX c get 1 hit 0 set 0 del 0\r\nEND\r\n"},
           {"stats reset\r\n", "RESET\r\n"},
           {"stats detail dump\r\n", "END\r\n"}},
          3);
    check_each({"stats detail", "stats detail x"},
               "CLIENT_ERROR usage: stats detail on|off|dump\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
