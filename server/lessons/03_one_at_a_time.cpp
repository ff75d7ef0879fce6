// Lesson 03, server half. Why does the second client wait?
//
// Because the only thread we have is inside a read from the first one. The second client is
// connected all the same: its kernel and ours shook hands, and it stands in the listening socket's
// queue (the backlog). It can even send. Nothing reads it before we come back to accept().
//
// Run:         scripts/lesson.sh run 3, or by hand, in two terminals:
//     build/release/lessons/03_one_at_a_time_server 8888
//     build/release/lessons/03_two_clients_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] client 1: is greeted
//     [server] client 1: Haved Received!
//     [server] client 2: is greeted
//     [server] client 2: Haved Received!
//     [client] first: Hello, socket!
//     [client] second: connected
//     [client] second: no greeting within a second
//     [client] first: answered, and the server has closed
//     [client] second: Hello, socket!
// Trace:       accept,recvfrom,sendto
// Leaves out:  the ways out: a process per client (lesson 04), a thread per client (05), or asking
//              which socket has something to say before reading any (07, 08).
// In kvserver: server/net/listener.cpp only accepts; each client gets a thread (lesson 05).

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

void serve(tcp::socket client, int number)
{
    constexpr std::string_view greeting = "Hello, socket!";
    std::cout << "client " << number << ": is greeted" << std::endl;
    boost::asio::write(client, boost::asio::buffer(greeting));

    std::array<char, 1024> bytes{};
    // Here we sit for as long as this client likes to think.
    const std::size_t length = client.read_some(boost::asio::buffer(bytes));
    std::cout << "client " << number << ": " << std::string_view(bytes.data(), length) << std::endl;
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr int clients_to_serve = 2;  // a real server's loop has no end; the lesson's has

    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    for (int number = 1; number <= clients_to_serve; ++number) {
        serve(listener.accept(), number);  // the socket is moved in, and closed when serve returns
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "03_one_at_a_time_server: " << error.what() << '\n';
    return 1;
}
