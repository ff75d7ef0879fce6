// Lesson 11, client half. Does it help to send every message immediately and by itself?
//
// No. With TCP_NODELAY each write leaves immediately as a segment of its own. That is as far as a
// sender's power goes: what the receiver finds in one read is decided at the other end.
//
// Run:         scripts/lesson.sh run 11; the server half says how to do it by hand
// Expect:
//     [client] sends "I'm " as a segment of its own
//     [client] sends "Lyon" as a segment of its own
// Trace:       connect,setsockopt,sendto
// Leaves out:  a pause between the two writes would make the fault rarer, and harder to find.
// In kvserver: server/net/sockets.cpp sets TCP_NODELAY on each client, for speed (lesson 20).

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());
    server.set_option(tcp::no_delay(true));

    for (const std::string_view message : {"I'm ", "Lyon"}) {
        std::cout << "sends \"" << message << "\" as a segment of its own" << std::endl;
        boost::asio::write(server, boost::asio::buffer(message));
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "11_sticky_receiver_client: " << error.what() << '\n';
    return 1;
}
