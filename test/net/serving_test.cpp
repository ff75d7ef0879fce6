// Conversations with a real server: pipelining, half-close, many clients, one too many.
#include "common/version.h"
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

#include <list>
#include <thread>

BOOST_AUTO_TEST_SUITE(serving_test)

using kv::test::RawClient;
using kv::test::RunningServer;

namespace {

/// A number of the server's statistics.
std::uint64_t statistic(const RunningServer& server, const std::string& name)
{
    RawClient client = server.connect();
    client.send("stats\r\n");
    const std::string rows = client.read_until("END\r\n");
    const std::size_t at = rows.find("STAT " + name + " ");
    BOOST_REQUIRE(at != std::string::npos);
    return std::stoull(rows.substr(at + 6 + name.size()));
}

/// Waits until so many clients are served, the asking one not counted.
bool comes_down_to(const RunningServer& server, std::uint64_t clients)
{
    const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (statistic(server, "curr_connections") == clients + 1) return true;
        std::this_thread::yield();
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_client_stores_and_reads)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(client.answers("set a 7 0 5\r\nhello\r\n", "STORED\r\n"));
    BOOST_TEST(client.answers("get a\r\n", "VALUE a 7 5\r\nhello\r\nEND\r\n"));
    BOOST_TEST(
        client.answers("version\r\n", "VERSION " + std::string(kv::memcached_version) + "\r\n"));
}

BOOST_AUTO_TEST_CASE(clients_see_what_others_store)
{
    const RunningServer server;
    RawClient one = server.connect();
    RawClient other = server.connect();
    BOOST_TEST(one.answers("set a 0 0 1\r\n1\r\n", "STORED\r\n"));
    BOOST_TEST(other.answers("incr a 1\r\n", "2\r\n"));
    BOOST_TEST(one.answers("get a\r\n", "VALUE a 0 1\r\n2\r\nEND\r\n"));
}

BOOST_AUTO_TEST_CASE(a_thousand_requests_in_one_write_are_answered_in_order)
{
    const RunningServer server;
    RawClient client = server.connect();
    std::string requests = "set n 0 0 1\r\n0\r\n";
    std::string expected = "STORED\r\n";
    for (int i = 1; i <= 1000; ++i) {
        requests += "incr n 1\r\n";
        expected += std::to_string(i) + "\r\n";
    }
    client.send(requests);
    BOOST_TEST(client.read(expected.size()) == expected);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_said_all_still_gets_its_replies)
{
    const RunningServer server;
    RawClient client = server.connect();
    client.send("set a 0 0 1\r\n1\r\nget a\r\n");
    client.end_sending();
    BOOST_TEST(client.read_all() == "STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\n");
}

BOOST_AUTO_TEST_CASE(a_client_that_says_nothing_and_leaves_is_let_go)
{
    const RunningServer server;
    RawClient client = server.connect();
    client.end_sending();
    BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(quit_closes)
{
    const RunningServer server;
    RawClient client = server.connect();
    client.send("get a\r\nquit\r\n");
    BOOST_TEST(client.read_all() == "END\r\n");
}

// The reply must not be overtaken by the reset that unread bytes cause.
BOOST_AUTO_TEST_CASE(an_error_before_a_close_arrives_though_the_client_is_still_sending)
{
    const RunningServer server;
    RawClient client = server.connect();
    client.send(std::string(40'000, 'x'));
    BOOST_TEST(client.read_all() == "CLIENT_ERROR line too long\r\n");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_largest_size_goes_in_and_comes_out)
{
    const RunningServer server;
    RawClient client = server.connect();
    const std::string value(1 << 20, 'v');
    BOOST_TEST(client.answers("set a 0 0 1048576\r\n" + value + "\r\n", "STORED\r\n"));
    BOOST_TEST(client.answers("get a\r\n", "VALUE a 0 1048576\r\n" + value + "\r\nEND\r\n"));
    BOOST_TEST(client.answers("set a 0 0 1048577\r\n" + value + "x\r\n",
                              "SERVER_ERROR object too large for cache\r\n"));
    BOOST_TEST(client.answers("get b\r\n", "END\r\n"));
}

BOOST_AUTO_TEST_CASE(many_clients_are_served_at_once)
{
    const RunningServer server;
    std::list<RawClient> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(server.connect());
    BOOST_TEST(clients.front().answers("set n 0 0 1\r\n0\r\n", "STORED\r\n"));
    for (RawClient& client : clients) client.send("incr n 1\r\n");
    for (RawClient& client : clients) BOOST_TEST(client.read_until("\r\n").size() >= 3U);
    BOOST_TEST(clients.back().answers("get n\r\n", "VALUE n 0 3\r\n100\r\nEND\r\n"));
}

BOOST_AUTO_TEST_CASE(clients_that_vanish_are_forgotten)
{
    const RunningServer server;
    for (int i = 0; i < 50; ++i) {
        RawClient client = server.connect();
        BOOST_TEST(client.answers("get a\r\n", "END\r\n"));
        client.send("set a 0 0 1000000\r\nhalf a val");
        if (i % 2 == 0) client.vanish();
    }
    BOOST_TEST(comes_down_to(server, 0));
    BOOST_TEST(statistic(server, "bytes") == 0U);
}

BOOST_AUTO_TEST_CASE(one_client_too_many_is_told_so_and_closed)
{
    kv::Options options;
    options.max_clients = 2;
    const RunningServer server(options);
    RawClient one = server.connect();
    RawClient two = server.connect();
    BOOST_TEST(one.answers("get a\r\n", "END\r\n"));
    BOOST_TEST(two.answers("get a\r\n", "END\r\n"));
    BOOST_TEST(server.connect().read_all() == "ERROR Too many open connections\r\n");
    RawClient eager = server.connect();
    eager.send("get a\r\n");
    BOOST_TEST(eager.read_all() == "ERROR Too many open connections\r\n");
    BOOST_TEST(one.answers("get a\r\n", "END\r\n"));
}

BOOST_AUTO_TEST_CASE(there_is_room_again_when_a_client_leaves)
{
    kv::Options options;
    options.max_clients = 1;
    const RunningServer server(options);
    {
        RawClient one = server.connect();
        BOOST_TEST(one.answers("get a\r\n", "END\r\n"));
        one.end_sending();
        BOOST_TEST(one.read_all() == "");
    }
    // The close can be seen a moment before the session has ended.
    std::string reply;
    const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
    while (reply != "END\r\n" && std::chrono::steady_clock::now() < deadline) {
        RawClient next = server.connect();
        next.send("get a\r\n");
        next.end_sending();
        reply = next.read_all();
    }
    BOOST_TEST(reply == "END\r\n");
}

BOOST_AUTO_TEST_CASE(on_simple_one_client_too_many_is_only_closed)
{
    kv::Options options;
    options.max_clients = 1;
    const RunningServer server(options, {"simple://127.0.0.1:0"});
    RawClient one = server.connect();
    BOOST_TEST(one.answers("get a\r\n", "None"));
    BOOST_TEST(server.connect().read_all() == "");
}

BOOST_AUTO_TEST_CASE(connections_and_bytes_are_counted)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(client.answers("get a\r\n", "END\r\n"));
    BOOST_TEST(statistic(server, "curr_connections") == 2U);
    BOOST_TEST(statistic(server, "total_connections") == 3U);
    BOOST_TEST(statistic(server, "max_connections") == 1024U);
    BOOST_TEST(statistic(server, "bytes_read") >= 7U);
    BOOST_TEST(statistic(server, "bytes_written") >= 5U);
}

BOOST_AUTO_TEST_CASE(items_expire_without_being_asked_for)
{
    const RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(client.answers("set a 0 1 1\r\n1\r\n", "STORED\r\n"));
    const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
    while (statistic(server, "curr_items") != 0) {
        BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
        std::this_thread::yield();
    }
    BOOST_TEST(statistic(server, "reclaimed") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
