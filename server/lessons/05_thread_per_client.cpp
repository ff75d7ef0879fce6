// Lesson 05. What does it take to give each client a thread?
//
// One line: the accepted socket is moved into a thread. Threads share everything the process has,
// which is why a server that keeps one map for all its clients wants threads and not processes, and
// why it needs a mutex (lesson 06). And somebody must own the threads and join them: a detached
// thread may outlive the data it uses.
//
// Run:         scripts/lesson.sh run 5, or by hand, in two terminals:
//     build/release/lessons/05_thread_per_client_server 8888
//     build/release/lessons/03_two_clients_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] client 1: Haved Received!
//     [server] client 2: Haved Received!
//     [server] both threads have been joined
//     [client] first: Hello, socket!
//     [client] second: connected
//     [client] second: Hello, socket!
//     [client] first: answered, and the server has closed
// Trace:       accept,clone,clone3,recvfrom,sendto
// Leaves out:  a server that runs for months joins threads as they end, bounds how many there are,
//              and can wake a thread that is blocked in a read, in order to stop.
// In kvserver: server/net/listener.cpp accepts, server/net/session.cpp is what a thread runs,
//              server/net/registry.cpp starts the threads, wakes them and joins them.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <syncstream>
#include <thread>
#include <vector>

using boost::asio::ip::tcp;

/// The same conversation as in lesson 03; the difference is who runs it. An exception must not
/// leave a thread (the whole program would end), so all errors are caught here.
void serve(tcp::socket client, int number)
try {
    constexpr std::string_view greeting = "Hello, socket!";
    boost::asio::write(client, boost::asio::buffer(greeting));
    std::array<char, 1024> bytes{};
    const std::size_t length = client.read_some(boost::asio::buffer(bytes));
    // osyncstream: the threads share std::cout as well, and lines must not mix.
    std::osyncstream(std::cout) << "client " << number << ": "
                                << std::string_view(bytes.data(), length) << std::endl;
} catch (const std::exception& error) {
    std::osyncstream(std::cerr) << "client " << number << ": " << error.what() << std::endl;
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr int clients_to_serve = 2;  // a real server's loop has no end; the lesson's has

    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    std::vector<std::jthread> sessions;  // a jthread joins itself when it is destroyed
    for (int number = 1; number <= clients_to_serve; ++number) {
        sessions.emplace_back(serve, listener.accept(), number);
    }
    sessions.clear();  // blocks until both clients are done
    std::cout << "both threads have been joined" << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "05_thread_per_client_server: " << error.what() << '\n';
    return 1;
}
