// Lesson 02, client half. When is a TCP client connected?
//
// When connect() returns: the two kernels have then shaken hands, whether or not the server program
// has called accept() yet. From here on there is no address in any call; the socket is the address.
//
// Run:         scripts/lesson.sh run 2; the server half says how to do it by hand
// Expect:
//     [client] Hello, socket!
// Trace:       socket,connect,recvfrom,sendto
// Leaves out:  a name can have several addresses, to be tried in turn; here it is one number.
// In kvserver: client/link.cpp, which tries every address, with a deadline.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr std::string_view answer = "Haved Received!";  // sic: an old tutorial's own words

    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());

    std::array<char, 1024> bytes{};
    const std::size_t length = server.read_some(boost::asio::buffer(bytes));
    std::cout << std::string_view(bytes.data(), length) << std::endl;
    boost::asio::write(server, boost::asio::buffer(answer));
    return 0;
} catch (const std::exception& error) {
    std::cerr << "02_tcp_hello_client: " << error.what() << '\n';
    return 1;
}
