// Lesson 21. How does one stop waiting for somebody who says nothing?
//
// A blocking read waits for ever. poll() waits for a given time for a socket to be worth reading,
// so: poll first, then read. The socket option SO_RCVTIMEO does it for plain recv(), but has no
// effect on Boost.Asio, whose read sees "try again" and waits once more, without a limit.
//
// Run:         scripts/lesson.sh run 21, or by hand (both ends are in this program):
//     build/release/lessons/21_timeouts_server
// Expect:
//     [server] poll, 100 ms: nothing to read
//     [server] SO_RCVTIMEO of 100 ms, recv: Resource temporarily unavailable
//     [server] SO_RCVTIMEO of 100 ms, Asio's read, after 500 ms: still waiting
//     [server] after shutdown() from another thread: End of file
// Trace:       poll,ppoll,setsockopt,recvfrom,shutdown
// Leaves out:  a deadline is a moment, a timeout a time: a peer that sends a byte now and then
//              never exceeds a timeout. Compute what is left of the deadline before each poll.
// In kvserver: common/socket_transport.cpp polls with what is left of a deadline, before each read
//              and write; server/net/session.cpp ends a blocked read by shutdown.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <iostream>
#include <stdexcept>
#include <system_error>

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

void check(int result, const char* call)
{
    if (result == -1) throw std::system_error(errno, std::generic_category(), call);
}

bool is_readable_within(tcp::socket& socket, std::chrono::milliseconds time)
{
    pollfd wanted{socket.native_handle(), POLLIN, 0};
    check(::poll(&wanted, 1, static_cast<int>(time.count())), "poll");
    return wanted.revents != 0;
}

int main()
try {
    boost::asio::io_context io;
    tcp::acceptor listener(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::socket socket(io);
    socket.connect(listener.local_endpoint());  // connected to a peer that never sends

    if (!is_readable_within(socket, 100ms))
        std::cout << "poll, 100 ms: nothing to read" << std::endl;

    const timeval limit{0, 100'000};  // seconds, microseconds
    check(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit),
          "setsockopt");
    std::array<char, 100> bytes{};
    if (::recv(socket.native_handle(), bytes.data(), bytes.size(), 0) == -1) {
        std::cout << "SO_RCVTIMEO of 100 ms, recv: " << std::strerror(errno) << std::endl;
    }

    auto reading = std::async(std::launch::async, [&socket, &bytes] {
        boost::system::error_code error;
        socket.read_some(boost::asio::buffer(bytes), error);
        return error;
    });
    const bool still_waits = reading.wait_for(500ms) == std::future_status::timeout;
    std::cout << "SO_RCVTIMEO of 100 ms, Asio's read, after 500 ms: "
              << (still_waits ? "still waiting" : "returned") << std::endl;
    // Only shutdown may come from another thread: close would free the descriptor's number for
    // the next socket while the read still uses it.
    check(::shutdown(socket.native_handle(), SHUT_RDWR), "shutdown");
    std::cout << "after shutdown() from another thread: " << reading.get().message() << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "21_timeouts_server: " << error.what() << '\n';
    return 1;
}
