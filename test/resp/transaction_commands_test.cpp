// MULTI, EXEC and WATCH.
#include "test/support/redis_talk.h"

#include <array>
#include <functional>
#include <random>

BOOST_AUTO_TEST_SUITE(transaction_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

namespace {

const std::string aborted = "-EXECABORT Transaction discarded because of previous errors.\r\n";

/// A peer for whom something happens when it is first waited for.
class Interrupted final : public kv::Transport {
public:
    Interrupted(kv::test::ScriptedTransport& peer, std::function<void()> happens)
        : peer_(peer), happens_(std::move(happens))
    {
    }
    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        return peer_.try_read(into);
    }
    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        return peer_.try_write(head, tail);
    }
    kv::Wakeup wait(kv::Event event, const kv::Mailbox* mailbox, kv::Deadline deadline) override
    {
        if (happens_) std::exchange(happens_, {})();
        return peer_.wait(event, mailbox, deadline);
    }

private:
    kv::test::ScriptedTransport& peer_;
    std::function<void()> happens_;
};

/// Two clients of one store, which speak in turn.
struct TwoClients {
    /// What the first client gets for `before` and `after`, when something happens between them.
    std::string replies(const std::vector<std::string>& before, std::function<void()> between,
                        const std::vector<std::string>& after)
    {
        kv::test::ScriptedTransport peer;
        for (const std::string& line : before) peer.sends(request(line));
        peer.pauses();
        for (const std::string& line : after) peer.sends(request(line));
        Interrupted interrupted(peer, std::move(between));
        kv::BufferedStream stream(interrupted, {});
        kv::test::NoServer server;
        kv::ClientRecord client(1, "test", "nowhere", "here");
        kv::resp::Dialect dialect(store, std::size_t{1} << 20);
        (void)kv::converse(stream, dialect, {store, server, client}, nullptr);
        return peer.written();
    }

    std::string replies(const std::vector<std::string>& before, const std::string& between,
                        const std::vector<std::string>& after)
    {
        return replies(
            before, [this, between] { other_says(between); }, after);
    }

    std::string other_says(const std::string& line)
    {
        kv::test::ScriptedTransport peer;
        peer.sends(request(line));
        return talk.hold(peer, store).replies;
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
    RedisTalk talk;
};

constexpr std::size_t limit = std::size_t{1} << 20;

/// A store of a mebibyte, and what EXEC answers for the commands on it.
struct SmallStore {
    explicit SmallStore(kv::WhenFull when_full = kv::WhenFull::refuse)
        : store(clock, limit, when_full)
    {
    }

    std::string exec(const std::vector<std::string>& lines)
    {
        kv::test::ScriptedTransport peer;
        peer.sends(request("MULTI"));
        std::string queued = "+OK\r\n";
        for (const std::string& line : lines) {
            peer.sends(request(line));
            queued += "+QUEUED\r\n";
        }
        peer.sends(request("EXEC"));
        const std::string replies = talk.hold(peer, store).replies;
        BOOST_TEST(replies.substr(0, queued.size()) == queued);
        return replies.substr(std::min(queued.size(), replies.size()));
    }

    /// Nothing but what is stored is charged for, now that the answers have been written, and that
    /// is within the limit.
    void check_accounts()
    {
        while (store.unstored().unread.release()) {
        }
        BOOST_TEST(store.budget().used() == kv::Transaction(store).bytes());
        BOOST_TEST(store.budget().used() <= limit);
    }

    kv::test::ManualClock clock;
    kv::Store store;
    RedisTalk talk;
};

struct SmallCache : SmallStore {
    SmallCache() : SmallStore(kv::WhenFull::evict) {}
};

const std::string no_room =
    "-EXECABORT Transaction discarded because of: OOM command not allowed when used memory > "
    "'maxmemory'.\r\n";

/// The same command for `count` keys, which are numbered.
std::vector<std::string> for_keys(int count, const std::string& key, const std::string& rest)
{
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i) lines.push_back(key + std::to_string(i) + " " + rest);
    return lines;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(commands_are_gathered_and_carried_out_as_one, RedisTalk)
{
    ask({{"MULTI", ok},
         {"SET k 1", "+QUEUED\r\n"},
         {"INCR k", "+QUEUED\r\n"},
         {"GET k", "+QUEUED\r\n"},
         {"EXEC", "*3\r\n+OK\r\n:2\r\n" + bulk("2")},
         {"GET k", bulk("2")}});
}

BOOST_FIXTURE_TEST_CASE(what_is_answered_without_the_lock_keeps_its_place, RedisTalk)
{
    ask({{"MULTI", ok},
         {"COMMAND LIST FILTERBY MODULE x", "+QUEUED\r\n"},
         {"SET k 1", "+QUEUED\r\n"},
         {"COMMAND INFO nothing", "+QUEUED\r\n"},
         {"GET k", "+QUEUED\r\n"},
         {"EXEC", "*4\r\n*0\r\n+OK\r\n*1\r\n*-1\r\n" + bulk("1")}});
}

BOOST_FIXTURE_TEST_CASE(a_value_gathered_is_kept_until_it_is_stored, RedisTalk)
{
    const std::string value(20'000, 'v');
    ask({{"MULTI", ok},
         {"SET k " + value, "+QUEUED\r\n"},
         {"APPEND k w", "+QUEUED\r\n"},
         {"RENAME k l", "+QUEUED\r\n"},
         {"EXEC", "*3\r\n+OK\r\n:20001\r\n+OK\r\n"},
         {"GET l", bulk(value + "w")}},
        997);
}

BOOST_FIXTURE_TEST_CASE(an_error_inside_does_not_stop_the_others, RedisTalk)
{
    ask({{"MULTI", ok},
         {"SET k x", "+QUEUED\r\n"},
         {"INCR k", "+QUEUED\r\n"},
         {"SET k y", "+QUEUED\r\n"},
         {"EXEC", "*3\r\n+OK\r\n" + std::string(not_an_integer) + "+OK\r\n"},
         {"GET k", bulk("y")}});
}

BOOST_FIXTURE_TEST_CASE(a_command_that_cannot_be_gathered_spoils_the_transaction, RedisTalk)
{
    ask({{"MULTI", ok},
         {"SET k 1", "+QUEUED\r\n"},
         {"NONSENSE", "-ERR unknown command 'NONSENSE', with args beginning with: \r\n"},
         {"EXEC", aborted},
         {"GET k", null},
         {"EXEC", "-ERR EXEC without MULTI\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_transaction_is_discarded, RedisTalk)
{
    ask({{"DISCARD", "-ERR DISCARD without MULTI\r\n"},
         {"MULTI", ok},
         {"MULTI", "-ERR MULTI calls can not be nested\r\n"},
         {"WATCH k", "-ERR WATCH inside MULTI is not allowed\r\n"},
         {"SET k 1", "+QUEUED\r\n"},
         {"DISCARD", ok},
         {"GET k", null},
         {"MULTI", ok},
         {"SET k 1", "+QUEUED\r\n"},
         {"RESET", "+RESET\r\n"},
         {"GET k", null}});
}

BOOST_FIXTURE_TEST_CASE(walks_and_figures_work_inside_a_transaction, RedisTalk)
{
    ask({{"SET k v", ok},
         {"MULTI", ok},
         {"KEYS *", "+QUEUED\r\n"},
         {"DBSIZE", "+QUEUED\r\n"},
         {"RANDOMKEY", "+QUEUED\r\n"},
         {"COPY k l", "+QUEUED\r\n"},
         {"SCAN 0 MATCH l COUNT 10000", "+QUEUED\r\n"},
         {"EXEC", "*5\r\n*1\r\n" + bulk("k") + ":1\r\n" + bulk("k") + ":1\r\n*2\r\n" + bulk("0") +
                      "*1\r\n" + bulk("l")}});
}

BOOST_FIXTURE_TEST_CASE(flush_counts_what_has_not_expired_also_inside, RedisTalk)
{
    ask({{"MSET a 1 b 2", ok},
         {"SET gone 1 PXAT 1", ok},
         {"FLUSH", ":2\r\n"},
         {"SET a 1", ok},
         {"SET gone 1 PXAT 1", ok},
         {"MULTI", ok},
         {"FLUSH", "+QUEUED\r\n"},
         {"EXEC", "*1\r\n:1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_transaction_finds_room_for_collections_that_grow_or_are_made, SmallStore)
{
    const std::string sources = " s0 s1 s2 s3 s4";
    for (int i = 0; i < 5; ++i) {
        std::string line = "SADD s" + std::to_string(i);
        for (int j = 0; j < 50; ++j)
            line += " " + std::to_string(50 * i + j) + std::string(1000, 'x');
        BOOST_TEST(exec({line}) == "*1\r\n:50\r\n");
    }
    const std::string added = "SADD new " + std::string(50'000, 'x');
    for (const std::vector<std::string>& lines : std::vector<std::vector<std::string>>{
             for_keys(8, added, ""),
             {"SUNIONSTORE d" + sources, "SUNIONSTORE e d", "SUNIONSTORE f e"}}) {
        BOOST_TEST_CONTEXT(lines[0].substr(0, 20))
        {
            BOOST_TEST(exec(lines) == no_room);
            BOOST_TEST(kv::Transaction(store).size() == 5U);
            check_accounts();
        }
    }
    BOOST_TEST(exec({"SUNIONSTORE d" + sources}) == "*1\r\n:250\r\n");
    check_accounts();
}

// A short request may make long values; what is made must have been found room for before.
BOOST_FIXTURE_TEST_CASE(a_transaction_that_would_pass_the_memory_limit_does_nothing, SmallStore)
{
    std::vector<std::string> copies = for_keys(20, "COPY big copy", "");
    copies.insert(copies.begin(), "SET big " + std::string(100'000, 'v'));
    for (const std::vector<std::string>& lines :
         {for_keys(20, "SETRANGE k", "100000 x"), for_keys(300, "INCRBYFLOAT k", "1e4900"),
          copies}) {
        BOOST_TEST_CONTEXT(lines[0].substr(0, 20) << ", " << lines[1].substr(0, 20))
        {
            BOOST_TEST(exec(lines) == no_room);
            BOOST_TEST(kv::Transaction(store).size() == 0U);
            check_accounts();
        }
    }
}

// What each step makes takes the place of what the one before made.
BOOST_FIXTURE_TEST_CASE(a_long_value_is_changed_many_times_within_the_limit, SmallStore)
{
    std::vector<std::string> lines(100, "APPEND k x");
    lines.insert(lines.begin(), "SETRANGE k 300000 x");
    lines.push_back("STRLEN k");
    const std::string replies = exec(lines);
    BOOST_TEST(replies.ends_with(":300101\r\n:300101\r\n"));
    check_accounts();
}

BOOST_FIXTURE_TEST_CASE(many_short_values_need_little_memory, SmallStore)
{
    std::string pairs;
    for (int i = 0; i < 2000; ++i) pairs += " key" + std::to_string(i) + " v";
    BOOST_TEST(exec({"MSET" + pairs}) == "*1\r\n+OK\r\n");
    BOOST_TEST(kv::Transaction(store).size() == 2000U);
    check_accounts();
}

namespace {

/// A transaction of one to ten commands that store values of all sizes, from a request of few bytes
/// or of many.
std::vector<std::string> random_transaction(std::minstd_rand& random)
{
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    constexpr std::array<std::size_t, 4> sizes{1, 1000, 50'000, 200'000};
    std::vector<std::string> lines{"MULTI"};
    for (std::size_t count = 1 + below(10); count > 0; --count) {
        const std::string key = std::string(1, static_cast<char>('a' + below(5)));
        const std::string other = std::string(1, static_cast<char>('a' + below(5)));
        const std::size_t size = sizes.at(below(sizes.size()));
        const std::vector<std::string> choices{
            "SET " + key + " " + std::string(size, 'v'),
            "MSET " + key + " 1 " + other + " " + std::string(size, '1'),
            "APPEND " + key + " " + std::string(size, 'x'),
            "SETRANGE " + key + " " + std::to_string(size) + " x",
            "COPY " + key + " " + other + " REPLACE",
            "RENAME " + key + " " + other,
            "INCR " + key,
            "INCRBYFLOAT " + key + " 1e4000",
            "GETDEL " + key,
            "EXPIRE " + key + " -1",
        };
        lines.push_back(choices.at(below(choices.size())));
    }
    lines.emplace_back("EXEC");
    return lines;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_transaction_runs_out_of_memory_inside_or_leaves_accounts_wrong)
{
    for (const kv::WhenFull when_full : {kv::WhenFull::refuse, kv::WhenFull::evict}) {
        std::minstd_rand random(1);
        SmallStore small(when_full);
        int carried_out = 0;
        for (int round = 0; round < 1000; ++round) {
            kv::test::ScriptedTransport peer;
            for (const std::string& line : random_transaction(random)) peer.sends(request(line));
            const std::string replies = small.talk.hold(peer, small.store).replies;
            const std::size_t array = replies.find("\r\n*");
            if (array != std::string::npos) ++carried_out;
            BOOST_TEST_REQUIRE(replies.find("-OOM", std::min(array, replies.size())) ==
                               std::string::npos);
            small.check_accounts();
        }
        BOOST_TEST(carried_out > 300);
        BOOST_TEST(carried_out < 1000);
    }
}

// Room is made before the first command, so what one command stores the next one finds.
BOOST_FIXTURE_TEST_CASE(a_full_cache_evicts_for_a_transaction_before_it_begins, SmallCache)
{
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(exec({"SET big " + std::string(200'000, 'v'), "COPY big a REPLACE",
                         "COPY big b REPLACE", "RENAME big c", "APPEND a x"}) ==
                   "*5\r\n+OK\r\n:1\r\n:1\r\n+OK\r\n:200001\r\n");
        check_accounts();
    }
}

// To find n0 gone and count from 0 would be what WATCH is there to prevent.
BOOST_FIXTURE_TEST_CASE(a_watched_key_evicted_by_exec_itself_stops_the_transaction, SmallCache)
{
    std::string pairs;
    std::string keys;
    for (int i = 0; i < 2000; ++i) {
        keys += " n" + std::to_string(i);
        pairs += " n" + std::to_string(i) + " 5";
    }
    kv::test::ScriptedTransport peer;
    for (const std::string& line :
         {"MSET" + pairs, "WATCH" + keys, std::string("MULTI"), std::string("INCR n0"),
          std::string("SETRANGE big 700000 x"), std::string("EXEC")}) {
        peer.sends(request(line));
    }
    BOOST_TEST(talk.hold(peer, store).replies ==
               "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*-1\r\n");
    check_accounts();
}

// However the client stops watching, nothing is charged for any more and nobody is told.
BOOST_FIXTURE_TEST_CASE(a_client_that_leaves_watches_nothing, SmallStore)
{
    const std::vector<std::string> watching{"SET k 1", "WATCH k none", "MULTI", "INCR k"};
    for (const std::string end : {"", "EXEC", "DISCARD", "RESET", "QUIT"}) {
        BOOST_TEST_CONTEXT(end)
        {
            kv::test::ScriptedTransport peer;
            for (const std::string& line : watching) peer.sends(request(line));
            if (!end.empty()) peer.sends(request(end));
            const kv::test::Held held = talk.hold(peer, store);
            BOOST_TEST(held.replies.starts_with("+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n"));
            check_accounts();
            (void)exec({"SET k 2", "SET none 2", "DEL none"});  // the server of the watch is gone
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_watched_key_that_changes_stops_the_transaction, TwoClients)
{
    for (const char* change : {"SET k 2", "DEL k", "APPEND k x", "EXPIRE k 100", "RENAME k l"}) {
        BOOST_TEST_CONTEXT(change)
        {
            other_says("SET k 1");
            BOOST_TEST(replies({"WATCH k", "MULTI", "SET k 3"}, change, {"EXEC"}) ==
                       "+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_watched_key_that_stays_lets_the_transaction_be, TwoClients)
{
    other_says("SET k 1");
    for (const char* other : {"GET k", "SET l 2", "TTL k", "PING"}) {
        BOOST_TEST_CONTEXT(other)
        {
            BOOST_TEST(replies({"WATCH k", "MULTI", "GET k"}, other, {"EXEC"}) ==
                       "+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n$1\r\n1\r\n");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_missing_key_can_be_watched, TwoClients)
{
    BOOST_TEST(replies({"WATCH k", "MULTI", "SET k 1"}, "SET k 2", {"EXEC", "GET k"}) ==
               "+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n$1\r\n2\r\n");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_longer_watched_may_change, TwoClients)
{
    other_says("SET k 1");
    BOOST_TEST(replies({"WATCH k", "UNWATCH", "MULTI", "GET k"}, "SET k 2", {"EXEC"}) ==
               "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n$1\r\n2\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_watched_key_whose_time_comes_stops_the_transaction, TwoClients)
{
    other_says("SET k 1 PX 100");
    const auto time_passes = [this] { clock.advance(std::chrono::milliseconds(100)); };
    BOOST_TEST(replies({"WATCH k", "MULTI"}, time_passes, {"EXEC"}) == "+OK\r\n+OK\r\n*-1\r\n");
}

// Nobody reads its answer, and others see all of a transaction or nothing.
BOOST_AUTO_TEST_CASE(a_transaction_of_a_client_that_is_cut_is_not_begun)
{
    const kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    kv::test::NoServer server;
    kv::ClientRecord client(1, "test", "nowhere", "here");
    kv::test::ScriptedTransport peer;
    peer.sends(request("MULTI")).sends(request("SET a 1")).sends(request("EXEC"));
    kv::BufferedStream stream(peer, {});
    kv::resp::Dialect dialect(store, 100);
    kv::resp::Request* asked = nullptr;
    while ((asked = dialect.read_request(stream)) != nullptr) {
        if (asked->words[0] == "EXEC") client.end(kv::Ending::cut);
        (void)kv::resp::execute(*asked, {store, server, client});
    }
    BOOST_TEST(client.is_cut());
    BOOST_TEST(kv::Transaction(store).size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
