// Lesson 02, server half. What does TCP add to lesson 01?
//
// A connection. Two sockets now do what one did: the acceptor only waits at the known port, and
// each accept() hands out a new socket for one client. What is written to it arrives whole, in
// order and once, or the connection breaks and both sides learn of it.
//
// Run:         scripts/lesson.sh run 2, or by hand, in two terminals:
//     build/release/lessons/02_tcp_hello_server 8888
//     build/release/lessons/02_tcp_hello_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] connected: 127.0.0.1:<port>
//     [server] Haved Received!
// Trace:       socket,bind,listen,accept,recvfrom,sendto
//              (The first socket has number 6: 0 to 2 are the terminal, 3 to 5 Asio's own.)
// Leaves out:  one read happens to return one whole message here; nothing promises that
//              (lesson 09). And a second client is not served (lesson 03).
// In kvserver: server/net/listener.cpp, the accept loop.

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
    constexpr std::string_view greeting = "Hello, socket!";

    boost::asio::io_context io;
    // Three system calls in one line: socket, bind, listen ("trace 2" shows them).
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    tcp::socket client = listener.accept();  // blocks until a client connects
    std::cout << "connected: " << client.remote_endpoint() << std::endl;

    // In this conversation the server speaks first, as the servers of mail and FTP do.
    boost::asio::write(client, boost::asio::buffer(greeting));
    std::array<char, 1024> bytes{};
    const std::size_t length = client.read_some(boost::asio::buffer(bytes));
    std::cout << std::string_view(bytes.data(), length) << std::endl;
    return 0;  // the destructors close both sockets
} catch (const std::exception& error) {
    std::cerr << "02_tcp_hello_server: " << error.what() << '\n';
    return 1;
}
