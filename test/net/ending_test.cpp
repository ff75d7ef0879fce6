// How connections end: at their deadlines, which touch no other client, and when the server stops,
// which answers the requests received and leaves nothing behind.
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <list>
#include <memory>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(ending_test)

using kv::test::RawClient;
using kv::test::RunningServer;
using std::chrono::milliseconds;

namespace {

std::size_t entries(const char* folder)
{
    const std::filesystem::directory_iterator all(folder);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A server that waits for a short time only: the tests wait for what follows.
kv::Options with(milliseconds idle, milliseconds request)
{
    kv::Options options;
    options.idle_timeout = idle;
    options.request_timeout = request;
    return options;
}

constexpr milliseconds never{0};
constexpr milliseconds shortly{50};

}  // namespace

BOOST_AUTO_TEST_CASE(a_client_that_says_nothing_is_closed_after_the_idle_timeout)
{
    const RunningServer server(with(shortly, never));
    RawClient client = server.connect();
    BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(so_is_one_that_says_nothing_more)
{
    const RunningServer server(with(shortly, never));
    RawClient client = server.connect();
    client.send("get a\r\n");
    BOOST_TEST(client.read_all() == "END\r\n");
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_arrive_whole_is_closed_after_the_request_timeout)
{
    const RunningServer server(with(never, shortly));
    RawClient client = server.connect();
    client.send("get a\r\nget b");
    BOOST_TEST(client.read_all() == "END\r\n");
}

BOOST_AUTO_TEST_CASE(so_is_a_value_that_does_not_arrive_whole)
{
    const RunningServer server(with(never, shortly));
    RawClient client = server.connect();
    client.send("set a 0 0 10\r\nhalf");
    BOOST_TEST(client.read_all() == "");
    BOOST_TEST(server.connect().answers("get a\r\n", "END\r\n"));
}

// Each byte comes well within the timeout, the request as a whole does not: it has one deadline.
BOOST_AUTO_TEST_CASE(so_is_a_request_that_trickles_in)
{
    const RunningServer server(with(never, shortly));
    RawClient client = server.connect();
    bool closed = false;
    try {
        const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
        while (std::chrono::steady_clock::now() < deadline) client.send(" ");
    } catch (const std::runtime_error&) {
        closed = true;
    }
    BOOST_TEST(closed);
}

// One client is let go because of its half request; by then another has been idle for longer.
BOOST_AUTO_TEST_CASE(an_idle_client_has_no_request_to_finish)
{
    const RunningServer server(with(never, shortly));
    RawClient idle = server.connect();
    BOOST_TEST(idle.answers("get a\r\n", "END\r\n"));
    RawClient slow = server.connect();
    slow.send("get");
    BOOST_TEST(slow.read_all() == "");
    BOOST_TEST(idle.answers("get a\r\n", "END\r\n"));
}

// The reply is larger than all buffers between the two together.
BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_its_replies_is_closed)
{
    const RunningServer server(with(never, shortly));
    RawClient client = server.connect();
    const std::string value(1 << 20, 'v');
    BOOST_TEST(client.answers("set a 0 0 1048576\r\n" + value + "\r\n", "STORED\r\n"));
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += "get a\r\n";
    client.send(requests);

    RawClient other = server.connect();
    const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
    std::string rows;
    while (rows.find("STAT curr_connections 1\r\n") == std::string::npos) {
        BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
        other.send("stats\r\n");
        rows = other.read_until("END\r\n");
    }
    BOOST_TEST(client.read_all().size() < 100 * value.size());
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_gets_everything)
{
    const RunningServer server(with(never, milliseconds(10'000)));
    RawClient client = server.connect();
    const std::string value(1 << 20, 'v');
    const std::string reply = "VALUE a 0 1048576\r\n" + value + "\r\nEND\r\n";
    BOOST_TEST(client.answers("set a 0 0 1048576\r\n" + value + "\r\n", "STORED\r\n"));
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += "get a\r\n";
    client.send(requests);
    for (int i = 0; i < 20; ++i) BOOST_TEST((client.read(reply.size()) == reply));
}

BOOST_AUTO_TEST_CASE(a_server_nobody_uses_stops)
{
    RunningServer server;
    server.stop();
    BOOST_CHECK_THROW((void)server.connect(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(stopping_again_changes_nothing)
{
    RunningServer server;
    server.stop();
    server.stop();
}

BOOST_AUTO_TEST_CASE(any_thread_may_stop_it_also_several_at_once)
{
    RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(client.answers("get a\r\n", "END\r\n"));
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back([&] { server.stop(); });
    }
    BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(the_destructor_lets_idle_clients_go)
{
    auto server = std::make_unique<RunningServer>();
    std::list<RawClient> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(server->connect());
        BOOST_TEST(clients.back().answers("get a\r\n", "END\r\n"));
    }
    server.reset();
    for (RawClient& client : clients) BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(requests_received_are_answered_before_the_close)
{
    RunningServer server;
    RawClient client = server.connect();
    BOOST_TEST(client.answers("get a\r\n", "END\r\n"));
    std::string requests;
    std::string expected;
    for (int i = 0; i < 2000; ++i) {
        requests += "get a\r\n";
        expected += "END\r\n";
    }
    client.send(requests);
    server.stop();
    BOOST_TEST((client.read_all() == expected));
}

BOOST_AUTO_TEST_CASE(a_request_that_is_only_half_there_is_not_waited_for)
{
    kv::Options options;
    options.drain_timeout = std::chrono::hours(1);
    RunningServer server(options);
    RawClient client = server.connect();
    client.send("get a\r\nset a 0 0 10\r\nhalf");
    BOOST_TEST(client.read(5) == "END\r\n");
    server.stop();
    BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_cut_after_the_drain_timeout)
{
    kv::Options options;
    options.request_timeout = milliseconds(0);
    options.drain_timeout = milliseconds(50);
    RunningServer server(options);
    RawClient client = server.connect();
    const std::string value(1 << 20, 'v');
    BOOST_TEST(client.answers("set a 0 0 1048576\r\n" + value + "\r\n", "STORED\r\n"));
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += "get a\r\n";
    client.send(requests);
    server.stop();
    BOOST_TEST(client.read_all().size() < 100 * value.size());
}

BOOST_AUTO_TEST_CASE(a_client_that_shuts_the_server_down_makes_its_owner_stop_it)
{
    std::atomic<bool> asked{false};
    kv::Options options;
    options.allow_shutdown = true;
    options.on_shutdown = [&] {
        asked = true;
        asked.notify_all();
    };
    RunningServer server(options);
    RawClient client = server.connect();
    client.send("shutdown\r\n");
    asked.wait(false);
    server.stop();
    BOOST_TEST(client.read_all() == "");
}

BOOST_AUTO_TEST_CASE(without_permission_a_client_cannot_shut_it_down)
{
    bool asked = false;
    kv::Options options;
    options.on_shutdown = [&] { asked = true; };
    const RunningServer server(options);
    RawClient client = server.connect();
    BOOST_TEST(client.answers("shutdown\r\n", "ERROR: shutdown not enabled\r\n"));
    BOOST_TEST(!asked);
}

BOOST_AUTO_TEST_CASE(no_descriptor_and_no_thread_is_left_behind)
{
    {
        const RunningServer warm_up;  // what the library keeps for itself from the first time on
        BOOST_TEST(warm_up.connect().answers("get a\r\n", "END\r\n"));
    }
    const std::size_t descriptors = entries("/proc/self/fd");
    const std::size_t threads = entries("/proc/self/task");
    for (int round = 0; round < 3; ++round) {
        RunningServer server;
        std::list<RawClient> clients;
        for (int i = 0; i < 30; ++i) {
            clients.push_back(server.connect());
            BOOST_TEST(clients.back().answers("get a\r\n", "END\r\n"));
            if (i % 3 == 0) clients.pop_back();
        }
        server.stop();
    }
    BOOST_TEST(entries("/proc/self/fd") == descriptors);
    BOOST_TEST(entries("/proc/self/task") == threads);
}

// Eight threads with 25 connections each connect, talk, leave and vanish until the server has gone.
BOOST_AUTO_TEST_CASE(two_hundred_clients_come_and_go_while_it_stops)
{
    for (int round = 0; round < 3; ++round) {
        kv::Options options;
        options.drain_timeout = milliseconds(500);
        options.max_clients = 20'000;  // on a busy machine many have left before it is noticed
        auto server = std::make_unique<RunningServer>(options);
        const kv::Uri uri = server->uri();
        std::atomic<int> talks{0};
        std::atomic<int> wrong{0};
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                try {
                    for (;;) {
                        std::list<RawClient> clients;
                        for (int j = 0; j < 25; ++j) clients.emplace_back(uri);
                        for (RawClient& client : clients) {
                            client.send("set a 0 0 5\r\nhello\r\nget a\r\n");
                        }
                        for (RawClient& client : clients) {
                            const std::string reply = client.read_until("END\r\n");
                            const std::string whole = "STORED\r\nVALUE a 0 5\r\nhello\r\nEND\r\n";
                            if (!whole.starts_with(reply)) ++wrong;
                            ++talks;
                        }
                        clients.front().send("set a 0 0 1000\r\nhalf a value");
                        clients.front().vanish();
                    }
                } catch (const std::runtime_error&) {
                    // The server has gone.
                }
            });
        }
        const auto deadline = std::chrono::steady_clock::now() + kv::test::patience;
        while (talks < 1000 && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        server.reset();
        threads.clear();
        BOOST_TEST(talks >= 1000);
        BOOST_TEST(wrong == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
