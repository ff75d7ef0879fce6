// Lesson 01, server half. What is the least that two programs need in order to talk?
//
// A socket each: a program's end of a conversation, kept by the kernel. The server's is bound to a
// port, a number that others can know beforehand, at 127.0.0.1, the address of this machine to
// itself. UDP carries datagrams, without connections: each is a postcard with its sender's address
// on it, and that address is all we need to answer.
//
// Run:         scripts/lesson.sh run 1, or by hand, in two terminals:
//     build/release/lessons/01_udp_hello_server 8888
//     build/release/lessons/01_udp_hello_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] good! from 127.0.0.1:<port>
// Trace:       socket,bind,recvfrom,sendto
// Leaves out:  a datagram arrives whole or not at all, and may arrive late or twice. If it is lost,
//              a side waits for ever (timeouts: lesson 21). From lesson 02 on all is TCP.
// In kvserver: server/net/sockets.cpp takes the port to be found at; there it is a TCP port.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::udp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr std::string_view answer = "Hello!";

    boost::asio::io_context
        io;  // every Asio object needs one; blocking calls do not use it further
    udp::socket socket(io, *udp::resolver(io).resolve("127.0.0.1", port).begin());
    // std::endl, not '\n': a line in a buffer does not tell anyone that we are ready.
    std::cout << "listening on " << socket.local_endpoint() << std::endl;

    std::array<char, 1024> datagram{};
    udp::endpoint sender;  // filled in by the call below: UDP tells us with every datagram
    const std::size_t length = socket.receive_from(boost::asio::buffer(datagram), sender);
    std::cout << std::string_view(datagram.data(), length) << " from " << sender << std::endl;

    socket.send_to(boost::asio::buffer(answer), sender);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "01_udp_hello_server: " << error.what() << '\n';
    return 1;
}
