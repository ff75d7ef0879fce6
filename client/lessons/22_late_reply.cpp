// Lesson 22, client half. May a connection be used again after a timeout?
//
// No. The reply that was given up may still come, and everything read afterwards is off by one:
// here the price of tea is taken for that of coffee. Memcached clients have served one user's data
// to another this way. After a timeout a connection has one use left: to be closed.
//
// Run:         scripts/lesson.sh run 22; the server half says how to do it by hand
// Expect:
//     [client] tea? no answer within 100 ms
//     [client] coffee, on the same connection? tea costs 3
//     [client] coffee, on a new connection? coffee costs 5
// Trace:       connect,poll,ppoll,recvfrom,sendto
// Leaves out:  after a timeout it is unknown whether the server has executed the request. Retrying
//              is safe for "get" and "set", not for "add one".
// In kvserver: client/connection.cpp never uses a connection again after a timeout.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>

#include <cerrno>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

using boost::asio::ip::tcp;

/// One question, one line of reply; nullopt when nothing has come after this many milliseconds.
std::optional<std::string> ask(tcp::socket& server, const std::string& drink, int timeout_ms)
{
    boost::asio::write(server, boost::asio::buffer(drink + "\n"));
    pollfd wanted{server.native_handle(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, timeout_ms);
    if (ready == -1) throw std::system_error(errno, std::generic_category(), "poll");
    if (ready == 0) return std::nullopt;

    std::string bytes;
    const std::size_t end =
        boost::asio::read_until(server, boost::asio::dynamic_buffer(bytes, 100), '\n');
    return bytes.substr(0, end - 1);
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    const tcp::endpoint address = *tcp::resolver(io).resolve("127.0.0.1", port).begin();

    tcp::socket server(io);
    server.connect(address);
    std::cout << "tea? " << ask(server, "tea", 100).value_or("no answer within 100 ms")
              << std::endl;
    std::cout << "coffee, on the same connection? "
              << ask(server, "coffee", 10'000).value_or("no answer") << std::endl;

    server.close();
    server.connect(address);
    std::cout << "coffee, on a new connection? "
              << ask(server, "coffee", 10'000).value_or("no answer") << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "22_late_reply_client: " << error.what() << '\n';
    return 1;
}
