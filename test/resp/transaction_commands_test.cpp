// MULTI, EXEC and WATCH.
#include "test/support/redis_talk.h"

#include <functional>

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

    void other_says(const std::string& line)
    {
        kv::test::ScriptedTransport peer;
        peer.sends(request(line));
        (void)talk.hold(peer, store);
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
    RedisTalk talk;
};

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

BOOST_AUTO_TEST_SUITE_END()
