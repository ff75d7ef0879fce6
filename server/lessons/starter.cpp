// The beginning of your own key-value server. It passes stage 1 of kvcheck, and nothing more:
//
//     g++ -std=c++20 -pthread server/lessons/starter.cpp -o my_server && ./my_server 8888
//     kvcheck --mode tutorial --stage 1 127.0.0.1 8888
//     kvcheck --mode tutorial --stage 2 --explain
//
// All pages: client/check/stages.md. One way to the end: lesson 25.

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

/// What the server answers to one request.
std::string answer(std::string_view request)
{
    if (request.starts_with("get ")) return "END\r\n";  // stage 2: look into the table
    return "ERROR\r\n";
}

void serve(tcp::socket client)
try {
    for (;;) {
        // Stage 3: one read does not always return one request.
        std::array<char, 1024> bytes{};
        const std::size_t length = client.read_some(boost::asio::buffer(bytes));
        boost::asio::write(client, boost::asio::buffer(answer({bytes.data(), length})));
    }
} catch (const boost::system::system_error&) {
    // The client has left.
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    for (;;) serve(listener.accept());  // stage 5: the next client waits until this one leaves
} catch (const std::exception& error) {
    std::cerr << "starter: " << error.what() << '\n';
    return 1;
}
