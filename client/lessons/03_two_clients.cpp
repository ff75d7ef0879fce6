// Lesson 03, client half. How can one client make another one wait?
//
// By connecting and then saying nothing. This program is two clients at once: while the first one
// keeps silent, the second watches, for a second, whether it is greeted. Lessons 04, 05, 07 and 08
// are served with this same program, and there the second client does not wait.
//
// Run:         scripts/lesson.sh run 3; the server half says how to do it by hand
//     The lines to expect depend on the server, so each server's header has them.
// Trace:       connect,poll,ppoll,recvfrom,sendto
// Leaves out:  the silent client was polite and answered in the end. One that never does blocks
//              a server like lesson 03's for good: hence deadlines (lesson 21).
// In kvserver: server/net/session.cpp: one client's life, with no client waiting behind it.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using boost::asio::ip::tcp;

/// Waits until there is something to read, at most for the given time; says whether there is.
bool is_readable_within(tcp::socket& socket, int milliseconds)
{
    pollfd wanted{socket.native_handle(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, milliseconds);
    if (ready == -1) throw std::system_error(errno, std::generic_category(), "poll");
    return ready > 0;
}

void read_greeting(tcp::socket& server, std::string_view name)
{
    std::array<char, 1024> bytes{};
    const std::size_t length = server.read_some(boost::asio::buffer(bytes));
    std::cout << name << ": " << std::string_view(bytes.data(), length) << std::endl;
}

/// Answers, then waits until the server has closed its end: then we know it has read the answer.
void answer(tcp::socket& server)
{
    constexpr std::string_view text = "Haved Received!";
    boost::asio::write(server, boost::asio::buffer(text));
    std::array<char, 1> nothing{};
    boost::system::error_code end;
    server.read_some(boost::asio::buffer(nothing), end);
    if (end != boost::asio::error::eof) throw std::runtime_error("more than a greeting came");
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    const tcp::endpoint address = *tcp::resolver(io).resolve("127.0.0.1", port).begin();

    tcp::socket first(io);
    first.connect(address);
    read_greeting(first, "first");

    tcp::socket second(io);
    second.connect(address);
    std::cout << "second: connected" << std::endl;
    const bool was_greeted = is_readable_within(second, 1000);
    if (was_greeted) read_greeting(second, "second");
    if (!was_greeted) std::cout << "second: no greeting within a second" << std::endl;

    answer(first);
    std::cout << "first: answered, and the server has closed" << std::endl;
    if (!was_greeted) read_greeting(second, "second");
    answer(second);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "03_two_clients_client: " << error.what() << '\n';
    return 1;
}
