#include "common/socket_transport.h"

#include <boost/asio/read.hpp>
#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

BOOST_AUTO_TEST_SUITE(socket_transport_test)

namespace {

using kv::Event;
using kv::no_deadline;
using kv::Wakeup;
using std::chrono::milliseconds;

/// Both ends of a TCP connection.
struct Ends {
    Ends()
    {
        namespace ip = kv::asio::ip;
        const kv::Endpoint any_port(ip::tcp::endpoint(ip::address_v4::loopback(), 0));
        kv::Acceptor acceptor(context, any_port);
        peer.connect(acceptor.local_endpoint());
        acceptor.accept(socket);
    }
    kv::asio::io_context context;
    kv::Socket peer{context};
    kv::Socket socket{context};
};

/// A transport over one end; the test holds the other.
struct Connection : Ends {
    std::string read()
    {
        std::array<char, 1024> bytes;
        const auto got = transport.try_read(bytes);
        return got ? std::string(bytes.data(), *got) : "<nothing>";
    }

    /// Sends from the peer, and waits until it has arrived.
    void arrives(std::string_view bytes)
    {
        const std::size_t before = socket.available();
        peer.write_some(kv::asio::buffer(bytes));
        while (socket.available() < before + bytes.size()) std::this_thread::yield();
    }

    /// Writes until a write would block.
    std::size_t fill()
    {
        const std::string flood(1'000'000, 'f');
        std::size_t written = 0;
        while (const std::size_t sent = transport.try_write(flood, {})) written += sent;
        return written;
    }

    std::string received(std::size_t size)
    {
        std::string bytes(size, ' ');
        kv::asio::read(peer, kv::asio::buffer(bytes));
        return bytes;
    }

    /// Whether the kernel is told, by a sleep now, to acknowledge what it has got at once.
    bool sleep_acknowledges()
    {
        const int socket_number = socket.native_handle();
        int quick = 0;
        ::setsockopt(socket_number, IPPROTO_TCP, TCP_QUICKACK, &quick, sizeof quick);
        (void)transport.wait(Event::readable, nullptr, std::chrono::steady_clock::now());
        socklen_t size = sizeof quick;
        ::getsockopt(socket_number, IPPROTO_TCP, TCP_QUICKACK, &quick, &size);
        return quick != 0;
    }

    kv::Traffic traffic;
    kv::SocketTransport transport{socket, &traffic};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(nothing_has_arrived_yet, Connection)
{
    BOOST_TEST(read() == "<nothing>");
}

BOOST_FIXTURE_TEST_CASE(what_has_arrived_is_read, Connection)
{
    peer.write_some(kv::asio::buffer("hello", 5));
    BOOST_TEST((transport.wait(Event::readable, nullptr, no_deadline) == Wakeup::readable));
    BOOST_TEST(read() == "hello");
    BOOST_TEST(read() == "<nothing>");
    BOOST_TEST(traffic.bytes_read == 5U);
}

BOOST_FIXTURE_TEST_CASE(at_most_what_fits_is_read, Connection)
{
    arrives("hello");
    std::array<char, 2> two;
    BOOST_TEST(transport.try_read(two).value() == 2U);
    BOOST_TEST(read() == "llo");
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_has_finished_sending_is_read_as_zero_bytes, Connection)
{
    peer.shutdown(kv::Socket::shutdown_send);
    BOOST_TEST((transport.wait(Event::readable, nullptr, no_deadline) == Wakeup::readable));
    BOOST_TEST(read() == "");
    BOOST_TEST(read() == "");
}

BOOST_FIXTURE_TEST_CASE(a_reset_is_an_error, Connection)
{
    peer.set_option(kv::asio::socket_base::linger(true, 0));
    peer.close();
    BOOST_TEST((transport.wait(Event::readable, nullptr, no_deadline) == Wakeup::readable));
    BOOST_CHECK_THROW((void)read(), boost::system::system_error);
}

BOOST_FIXTURE_TEST_CASE(a_wait_ends_at_its_deadline, Connection)
{
    const auto deadline = kv::deadline_after(milliseconds(1));
    BOOST_TEST((transport.wait(Event::readable, nullptr, deadline) == Wakeup::timed_out));
}

BOOST_FIXTURE_TEST_CASE(a_wait_ends_with_mail, Connection)
{
    kv::Mailbox mailbox;
    mailbox.open(nullptr);
    BOOST_TEST(mailbox.post("m"));
    BOOST_TEST((transport.wait(Event::readable, &mailbox, no_deadline) == Wakeup::mail));
}

BOOST_FIXTURE_TEST_CASE(a_mailbox_never_opened_is_not_waited_for, Connection)
{
    const kv::Mailbox mailbox;
    arrives("x");
    BOOST_TEST((transport.wait(Event::readable, &mailbox, no_deadline) == Wakeup::readable));
}

BOOST_FIXTURE_TEST_CASE(both_pieces_are_written_in_order, Connection)
{
    BOOST_TEST(transport.try_write("head ", "tail") == 9U);
    BOOST_TEST(received(9) == "head tail");
    BOOST_TEST(traffic.bytes_written == 9U);
}

BOOST_FIXTURE_TEST_CASE(a_write_that_would_block_takes_nothing, Connection)
{
    fill();
    BOOST_TEST(transport.try_write("x", {}) == 0U);
    const auto deadline = kv::deadline_after(milliseconds(1));
    BOOST_TEST((transport.wait(Event::writable, nullptr, deadline) == Wakeup::timed_out));
}

BOOST_FIXTURE_TEST_CASE(a_wait_for_either_says_which_it_is, Connection)
{
    BOOST_TEST((transport.wait(Event::either, nullptr, no_deadline) == Wakeup::writable));
    const std::size_t written = fill();
    arrives("x");
    BOOST_TEST((transport.wait(Event::either, nullptr, no_deadline) == Wakeup::readable));
    BOOST_TEST(read() == "x");
    std::jthread reader([&] { (void)received(written); });
    BOOST_TEST((transport.wait(Event::either, nullptr, no_deadline) == Wakeup::writable));
}

BOOST_FIXTURE_TEST_CASE(writing_to_a_peer_that_has_gone_is_an_error, Connection)
{
    peer.set_option(kv::asio::socket_base::linger(true, 0));
    peer.close();
    BOOST_TEST((transport.wait(Event::readable, nullptr, no_deadline) == Wakeup::readable));
    BOOST_CHECK_THROW((void)transport.try_write("x", {}), boost::system::system_error);
}

// What the peer writes in two pieces would otherwise take the 40 ms of a delayed acknowledgement.
BOOST_FIXTURE_TEST_CASE(what_has_been_read_is_acknowledged_before_a_sleep, Connection)
{
    BOOST_TEST(!sleep_acknowledges());
    arrives("a piece");
    BOOST_TEST(read() == "a piece");
    BOOST_TEST(sleep_acknowledges());
    BOOST_TEST(!sleep_acknowledges());
}

BOOST_FIXTURE_TEST_CASE(what_has_been_answered_is_acknowledged_by_the_answer, Connection)
{
    arrives("all of it");
    BOOST_TEST(read() == "all of it");
    BOOST_TEST(transport.try_write("answer", {}) == 6U);
    BOOST_TEST(!sleep_acknowledges());
}

BOOST_FIXTURE_TEST_CASE(only_what_has_arrived_is_read_once_stopping, Connection)
{
    arrives("before");
    transport.read_no_further();
    BOOST_TEST(read() == "before");
    peer.write_some(kv::asio::buffer("after", 5));
    BOOST_TEST((transport.wait(Event::readable, nullptr, no_deadline) == Wakeup::readable));
    BOOST_TEST(read() == "");
}

BOOST_FIXTURE_TEST_CASE(the_input_ends_at_once_when_nothing_had_arrived, Connection)
{
    transport.read_no_further();
    BOOST_TEST(read() == "");
}

BOOST_AUTO_TEST_SUITE_END()
