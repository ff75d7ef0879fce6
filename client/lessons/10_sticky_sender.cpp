// Lesson 10, client half. Who joins two writes on the sending side?
//
// The kernel. A small piece may wait there for company: always when we ask for it (MSG_MORE, as
// here), and by itself when earlier bytes are still unacknowledged (Nagle's algorithm, lesson 20).
// We ask for it, so that the lesson shows every time what otherwise happens some of the time.
//
// Run:         scripts/lesson.sh run 10; the server half says how to do it by hand
// Expect:
//     [client] writes "I'm ", with more to come
//     [client] writes "Lyon"
// Trace:       connect,sendto
// Leaves out:  how the receiver is to know that these were two messages: lessons 09, 12 and 13.
// In kvserver: common/buffered_stream.cpp lets replies gather on purpose and writes them as one.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr std::string_view first = "I'm ";
    constexpr std::string_view second = "Lyon";

    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());

    std::cout << "writes \"" << first << "\", with more to come" << std::endl;
    server.send(boost::asio::buffer(first), MSG_MORE);
    std::cout << "writes \"" << second << "\"" << std::endl;
    server.send(boost::asio::buffer(second));
    return 0;
} catch (const std::exception& error) {
    std::cerr << "10_sticky_sender_client: " << error.what() << '\n';
    return 1;
}
