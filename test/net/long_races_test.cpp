// Eight clients mix incr, cas, append, add and delete on the same keys for 15 seconds, or for
// KV_RACES_SECONDS. Each counts what the server told it; in the end the sums are exact.
// Run it in the build for ThreadSanitizer, too.
#include "test/support/raw_client.h"
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(long_races_test)

using kv::test::ask;
using kv::test::gets;
using kv::test::RawClient;
using kv::test::RunningServer;
using kv::test::set;

namespace {

constexpr int clients = 8;
constexpr int appends_per_log = 200;  // of each client: an append copies all that is there

std::chrono::seconds duration()
{
    const char* text = std::getenv("KV_RACES_SECONDS");
    return std::chrono::seconds(text == nullptr ? 15 : std::stoi(text));
}

std::string log_key(int number)
{
    return "log:" + std::to_string(number);
}

/// One client, and how often the server has told it that something is done.
struct Tally {
    int incremented = 0;
    int compared = 0;
    int appended = 0;
    int added = 0;
    int deleted = 0;

    void compare_and_store(RawClient& client)
    {
        const auto [value, cas] = gets(client, "compared");
        const std::string next = std::to_string(std::stoi(value) + 1);
        const std::string line = "cas compared 0 0 " + std::to_string(next.size()) + " " + cas;
        if (ask(client, line + "\r\n" + next) == "STORED") ++compared;
    }

    void append(RawClient& client, char mark)
    {
        const std::string key = log_key(appended / appends_per_log);
        if (appended % appends_per_log == 0) (void)ask(client, set("add", key, ""));
        if (ask(client, set("append", key, {&mark, 1})) == "STORED") ++appended;
    }

    void one_step(RawClient& client, std::size_t choice, char mark)
    {
        switch (choice % 5) {
            case 0: incremented += ask(client, "incr counted 1") != "NOT_FOUND" ? 1 : 0; break;
            case 1: compare_and_store(client); break;
            case 2: append(client, mark); break;
            case 3: added += ask(client, set("add", "lock", "x")) == "STORED" ? 1 : 0; break;
            default: deleted += ask(client, "delete lock") == "DELETED" ? 1 : 0;
        }
    }
};

char mark_of(std::size_t client)
{
    return static_cast<char>('a' + client);
}

std::array<Tally, clients> play(const RunningServer& server)
{
    std::array<Tally, clients> tallies;
    const auto end = std::chrono::steady_clock::now() + duration();
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
        threads.emplace_back([&server, end, i, &tally = tallies[i]] {
            RawClient client = server.connect();
            std::minstd_rand random(static_cast<unsigned>(i) + 1);
            while (std::chrono::steady_clock::now() < end) {
                tally.one_step(client, random() >> 8, mark_of(i));
            }
        });
    }
    threads.clear();  // joins them
    return tallies;
}

std::string all_logs(RawClient& client)
{
    std::string all;
    for (int number = 0;; ++number) {
        const auto [log, cas] = gets(client, log_key(number));
        if (cas.empty()) return all;
        all += log;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_sum_is_exact_after_a_minute_of_everything_at_once)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_REQUIRE(ask(client, set("set", "counted", "0")) == "STORED");
    BOOST_REQUIRE(ask(client, set("set", "compared", "0")) == "STORED");
    const auto tallies = play(server);

    Tally sum;
    const std::string logs = all_logs(client);
    for (std::size_t i = 0; i < clients; ++i) {
        const Tally& tally = tallies.at(i);
        sum.incremented += tally.incremented;
        sum.compared += tally.compared;
        sum.added += tally.added;
        sum.deleted += tally.deleted;
        sum.appended += tally.appended;
        BOOST_TEST(std::count(logs.begin(), logs.end(), mark_of(i)) == tally.appended);
    }
    BOOST_TEST_MESSAGE(sum.incremented << " incr, " << sum.compared << " cas, " << sum.appended
                                       << " append, " << sum.added << " add, " << sum.deleted
                                       << " delete done");
    BOOST_TEST(sum.incremented > 0);
    BOOST_TEST(gets(client, "counted").first == std::to_string(sum.incremented));
    BOOST_TEST(gets(client, "compared").first == std::to_string(sum.compared));
    BOOST_TEST(logs.size() == static_cast<std::size_t>(sum.appended));
    BOOST_TEST(sum.added == sum.deleted + (ask(client, "delete lock") == "DELETED" ? 1 : 0));
}

BOOST_AUTO_TEST_SUITE_END()
