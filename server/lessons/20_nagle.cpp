// Lesson 20. Why can two small writes take 40 milliseconds?
//
// Two good ideas meet. Nagle's algorithm holds a small segment back while an earlier one is not
// acknowledged. Delayed acknowledgement waits 40 ms for a reply that could carry it. Write header
// and body separately, then wait for the answer: each kernel now waits for the other.
//
// Run:         scripts/lesson.sh run 20, or by hand (both ends are in this program):
//     build/release/lessons/20_nagle_server
// Expect:
//     [server] two writes: answer after <ms> ms, 4 bytes were held back
//     [server] one write: answer after <ms> ms, 0 bytes were held back
//     [server] two writes, TCP_NODELAY: answer after <ms> ms, 0 bytes were held back
// Trace:       setsockopt,sendto,ioctl,recvfrom
// Leaves out:  a new connection acknowledges its first segments immediately; we switch TCP_QUICKACK
//              off to see the effect from the start.
// In kvserver: server/net/sockets.cpp sets TCP_NODELAY; common/buffered_stream.cpp gathers replies
//              and writes them as one; common/socket_transport.cpp acknowledges half a request.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <string_view>
#include <system_error>
#include <vector>

using boost::asio::ip::tcp;

void check(int result, const char* call)
{
    if (result == -1) throw std::system_error(errno, std::generic_category(), call);
}

struct Connection {
    tcp::socket client;
    tcp::socket server;
};

/// Sends eight bytes in pieces, waits for the answer. Returns how many the kernel held back.
int ask(Connection& connection, const std::vector<std::string_view>& pieces)
{
    const int off =
        0;  // set for each question, because the receiving kernel leaves this mode by itself
    check(::setsockopt(connection.server.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &off,
                       sizeof off),
          "setsockopt");
    for (const auto piece : pieces)
        boost::asio::write(connection.client, boost::asio::buffer(piece));
    int unsent_bytes = 0;
    check(::ioctl(connection.client.native_handle(), SIOCOUTQNSD, &unsent_bytes), "ioctl");

    std::array<char, 8> bytes{};
    boost::asio::read(connection.server, boost::asio::buffer(bytes));  // until all eight are here
    boost::asio::write(connection.server, boost::asio::buffer("ok", 2));
    boost::asio::read(connection.client, boost::asio::buffer(bytes, 2));
    return unsent_bytes;
}

/// Asks until something was held back, at most five times: a busy machine may let 40 ms pass
/// between two writes. Prints how the last question went.
void try_out(Connection& connection, const std::vector<std::string_view>& pieces)
{
    using Clock = std::chrono::steady_clock;
    int held_back = 0;
    Clock::duration time{};
    for (int attempt = 0; attempt < 5 && held_back == 0; ++attempt) {
        const auto start = Clock::now();
        held_back = ask(connection, pieces);
        time = Clock::now() - start;
    }
    std::cout << "answer after "
              << std::chrono::duration_cast<std::chrono::milliseconds>(time).count() << " ms, "
              << held_back << " bytes were held back" << std::endl;
}

int main()
try {
    boost::asio::io_context io;
    tcp::acceptor listener(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    Connection connection{tcp::socket(io), tcp::socket(io)};
    connection.client.connect(listener.local_endpoint());
    listener.accept(connection.server);

    std::cout << "two writes: ";
    try_out(connection, {"head", "body"});
    std::cout << "one write: ";
    try_out(connection, {"headbody"});
    connection.client.set_option(tcp::no_delay(true));
    std::cout << "two writes, TCP_NODELAY: ";
    try_out(connection, {"head", "body"});
    return 0;
} catch (const std::exception& error) {
    std::cerr << "20_nagle_server: " << error.what() << '\n';
    return 1;
}
