// Clients that keep a server waiting are let go; the others are not touched.
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(deadlines_test)

using kv::test::RawClient;
using kv::test::RunningServer;
using std::chrono::milliseconds;

namespace {

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

BOOST_AUTO_TEST_SUITE_END()
