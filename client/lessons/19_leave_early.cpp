// Lesson 19, client half. How does a client reset a connection without meaning to?
//
// By closing it with bytes unread. The kernel cannot deliver them any more, and tells the sender so
// with a reset instead of a polite FIN. A browser does it whenever a page is closed.
//
// Run:         scripts/lesson.sh run 19; the server half says how to do it by hand
// Expect:
//     [client] client 1: read 10 bytes of the reply, leaving
//     [client] client 2: read 10 bytes of the reply, leaving
// Trace:       connect,recvfrom
// Leaves out:  SO_LINGER with a time of 0 makes any close() a reset.
// In kvserver: server/net/session.cpp, linger(): a server that closes first takes care not to do
//              this to its clients.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>

#include <array>
#include <iostream>
#include <string>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    for (const int number : {1, 2}) {
        tcp::socket server(io);
        server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());
        std::array<char, 10> beginning{};
        const std::size_t length = boost::asio::read(server, boost::asio::buffer(beginning));
        // The reply comes in pieces of 1024 bytes: 1014 of this one are still in our kernel.
        std::cout << "client " << number << ": read " << length << " bytes of the reply, leaving"
                  << std::endl;
        server.close();
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "19_leave_early_client: " << error.what() << '\n';
    return 1;
}
