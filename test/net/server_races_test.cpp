// Eight clients change the same keys at once: every sum is exact. ThreadSanitizer watches.
#include "test/support/raw_client.h"
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(server_races_test)

using kv::test::ask;
using kv::test::gets;
using kv::test::RawClient;
using kv::test::RunningServer;
using kv::test::set;

namespace {

constexpr int clients = 8;
constexpr int rounds = 300;

std::string decimal(int number)
{
    return std::to_string(number);
}

/// Runs work(client, its number, round) `rounds` times in each of eight threads at once.
void all_at_once(const RunningServer& server, const std::function<void(RawClient&, int, int)>& work)
{
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            RawClient client = server.connect();
            for (int round = 0; round < rounds; ++round) work(client, i, round);
        });
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_incr_and_no_decr_is_lost)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(ask(client, set("set", "n", "1000000")) == "STORED");
    all_at_once(server, [](RawClient& mine, int, int) {
        (void)ask(mine, "incr n 3");
        (void)ask(mine, "decr n 1");
    });
    BOOST_TEST(gets(client, "n").first == decimal(1'000'000 + 2 * clients * rounds));
}

BOOST_AUTO_TEST_CASE(no_cas_is_lost)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(ask(client, set("set", "n", "0")) == "STORED");
    all_at_once(server, [](RawClient& mine, int, int) {
        for (std::string outcome; outcome != "STORED";) {
            const auto [value, cas] = gets(mine, "n");
            const std::string next = decimal(std::stoi(value) + 1);
            outcome = ask(mine, "cas n 0 0 " + decimal(static_cast<int>(next.size())) + " " + cas +
                                    "\r\n" + next);
        }
    });
    BOOST_TEST(gets(client, "n").first == decimal(clients * rounds));
}

BOOST_AUTO_TEST_CASE(no_append_and_no_prepend_is_lost)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(ask(client, set("set", "log", "|")) == "STORED");
    all_at_once(server, [](RawClient& mine, int i, int) {
        (void)ask(mine, set("append", "log", decimal(i)));
        (void)ask(mine, set("prepend", "log", decimal(i)));
    });
    const std::string log = gets(client, "log").first;
    BOOST_TEST(log.size() == std::size_t{2 * clients * rounds + 1});
    for (int i = 0; i < clients; ++i) {
        BOOST_TEST(std::count(log.begin(), log.end(), '0' + i) == 2 * rounds);
    }
    BOOST_TEST(log.at(clients * rounds) == '|');
}

BOOST_AUTO_TEST_CASE(one_add_wins_and_one_delete)
{
    const RunningServer server;
    RawClient client = server.connect();
    std::atomic<int> added{0};
    std::atomic<int> deleted{0};
    all_at_once(server, [&](RawClient& mine, int, int) {
        if (ask(mine, set("add", "a", "1")) == "STORED") ++added;
        if (ask(mine, "delete a") == "DELETED") ++deleted;
    });
    const int left = ask(client, "delete a") == "DELETED" ? 1 : 0;
    BOOST_TEST(added == deleted + left);
}

// add and delete make a lock: what it guards needs no other protection.
BOOST_AUTO_TEST_CASE(add_and_delete_make_a_lock)
{
    const RunningServer server;
    int guarded = 0;
    std::atomic<int> holders{0};
    std::atomic<bool> shared{false};
    all_at_once(server, [&](RawClient& mine, int, int round) {
        if (round >= rounds / 10) return;
        while (ask(mine, set("add", "lock", "x")) != "STORED") std::this_thread::yield();
        if (++holders != 1) shared = true;
        ++guarded;
        --holders;
        (void)ask(mine, "delete lock");
    });
    BOOST_TEST(!shared);
    BOOST_TEST(guarded == clients * (rounds / 10));
}

BOOST_AUTO_TEST_CASE(touches_change_no_value)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(ask(client, set("set", "n", "0")) == "STORED");
    all_at_once(server, [](RawClient& mine, int i, int) {
        if (i % 2 == 0) (void)ask(mine, "touch n 1000");
        (void)ask(mine, "incr n 1");
        (void)gets(mine, "n");
    });
    BOOST_TEST(gets(client, "n").first == decimal(clients * rounds));
}

// A flush may come between a client's set and its get: then there is nothing, and never half.
BOOST_AUTO_TEST_CASE(a_flush_takes_all_of_an_item_or_nothing)
{
    const RunningServer server;
    RawClient client = server.connect();
    std::atomic<int> wrong{0};
    all_at_once(server, [&](RawClient& mine, int i, int round) {
        const std::string key = "key:" + decimal(i);
        const std::string value(static_cast<std::size_t>(round % 50 + 1), 'v');
        if (ask(mine, set("set", key, value)) != "STORED") ++wrong;
        if (i == 0 && round % 10 == 0) (void)ask(mine, "flush_all");
        const auto [found, cas] = gets(mine, key);
        if (!cas.empty() && found != value) ++wrong;
    });
    BOOST_TEST(wrong == 0);
    BOOST_TEST(ask(client, "flush_all") == "OK");
    client.send("stats\r\n");
    const std::string rows = client.read_until("END\r\n");
    BOOST_TEST((rows.find("STAT curr_items 0\r\n") != std::string::npos));
    BOOST_TEST((rows.find("STAT bytes 0\r\n") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
