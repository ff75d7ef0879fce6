// Lesson 01, client half. What does the side that speaks first have to know?
//
// Only where the other side listens. Our own port is any free one: the system picks it at the first
// send, and the server learns it from the datagram.
//
// Run:         scripts/lesson.sh run 1; the server half says how to do it by hand
// Expect:
//     [client] Hello! from 127.0.0.1:8888
// Trace:       socket,recvfrom,sendto
// Leaves out:  anybody may send a datagram to our port, so a careful client compares the sender's
//              address with the one it asked. TCP does that for us.
// In kvserver: client/link.cpp makes the connection of a program or of the kvcli shell.

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
    constexpr std::string_view greeting = "good!";

    boost::asio::io_context io;
    const udp::endpoint server = *udp::resolver(io).resolve("127.0.0.1", port).begin();
    udp::socket socket(io, udp::v4());  // open, but not bound: any free port will do
    socket.send_to(boost::asio::buffer(greeting), server);

    std::array<char, 1024> datagram{};
    udp::endpoint sender;
    const std::size_t length = socket.receive_from(boost::asio::buffer(datagram), sender);
    std::cout << std::string_view(datagram.data(), length) << " from " << sender << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "01_udp_hello_client: " << error.what() << '\n';
    return 1;
}
