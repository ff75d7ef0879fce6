// Lesson 18. Why can a server not be restarted immediately, and who is to blame?
//
// The side that closes first keeps the connection in state TIME_WAIT for a minute, so that delayed
// segments cannot turn up in a later connection. If that was the server, its port is taken, and
// bind() fails, unless SO_REUSEADDR says: never mind the ones in TIME_WAIT.
//
// Run:         scripts/lesson.sh run 18, or by hand (both ends are in this program):
//     build/release/lessons/18_time_wait_server
// Expect:
//     [server] the client closed first
//     [server]   bind to the same port: Success
//     [server] the server closed first
//     [server]   bind to the same port: Address already in use
//     [server]   the same with SO_REUSEADDR: Success
// Trace:       setsockopt,bind,listen,accept,close
// Leaves out:  "ss -tan" shows the connections in TIME_WAIT. SO_REUSEADDR still refuses a port that
//              somebody listens on; SO_REUSEPORT is another story.
// In kvserver: server/net/sockets.cpp sets SO_REUSEADDR. (Asio's acceptor does so unasked, if it is
//              given its address when it is made.)

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <iostream>
#include <stdexcept>

using boost::asio::io_context;
using boost::asio::ip::tcp;

/// Closes the first side; the other closes when it has seen the end of the stream.
void close_in_order(tcp::socket& first, tcp::socket& second)
{
    first.close();
    std::array<char, 1> nothing{};
    boost::system::error_code error;
    second.read_some(boost::asio::buffer(nothing), error);
    if (error != boost::asio::error::eof) throw std::runtime_error("end of stream expected");
    second.set_option(tcp::socket::linger(true, 5));  // close() then returns when it is all over
    second.close();
}

/// Listens on a free port, has one connection, closes everything; returns where it has listened.
tcp::endpoint serve_one_client(io_context& io, bool server_closes_first)
{
    tcp::acceptor listener(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::endpoint address = listener.local_endpoint();
    tcp::socket client(io);
    client.connect(address);
    tcp::socket server = listener.accept();
    if (server_closes_first) {
        close_in_order(server, client);
    } else {
        close_in_order(client, server);
    }
    return address;  // the listening socket is closed here
}

/// What a restarted server does. Returns the error of bind().
boost::system::error_code bind_again(io_context& io, const tcp::endpoint& address, bool reuse)
{
    tcp::acceptor listener(io);
    listener.open(address.protocol());
    listener.set_option(tcp::acceptor::reuse_address(reuse));
    boost::system::error_code error;
    listener.bind(address, error);
    return error;
}

int main()
try {
    io_context io;
    tcp::endpoint address = serve_one_client(io, false);
    std::cout << "the client closed first" << std::endl;
    std::cout << "  bind to the same port: " << bind_again(io, address, false).message()
              << std::endl;

    address = serve_one_client(io, true);
    std::cout << "the server closed first" << std::endl;
    std::cout << "  bind to the same port: " << bind_again(io, address, false).message()
              << std::endl;
    std::cout << "  the same with SO_REUSEADDR: " << bind_again(io, address, true).message()
              << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "18_time_wait_server: " << error.what() << '\n';
    return 1;
}
