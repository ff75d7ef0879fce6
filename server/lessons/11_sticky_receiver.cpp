// Lesson 11, server half. Can packets stick together although each left on its own?
//
// Yes, in the receiver's kernel. Bytes that arrive faster than we read queue up there, and the
// queue does not remember where one segment ended and the next began. This server reads one byte,
// is then slow on purpose, and finds the rest of the first message stuck to the second.
//
// Run:         scripts/lesson.sh run 11, or by hand, in two terminals:
//     build/release/lessons/11_sticky_receiver_server 8888
//     build/release/lessons/11_sticky_receiver_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] first read, of 1 byte: I
//     [server] second read: 'm Lyon
// Trace:       accept,poll,ppoll,recvfrom
// Leaves out:  the cure, which is always the same: agree on where a message ends (lessons 09, 12,
//              13), and read until that point, however many reads it takes.
// In kvserver: common/buffered_stream.cpp, where leftovers wait for the next request.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <poll.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

using boost::asio::ip::tcp;

/// Slow on purpose: returns when the sender has finished, so everything it sent is in our kernel.
void dawdle(tcp::socket& sender)
{
    pollfd end_of_stream{sender.native_handle(), POLLRDHUP, 0};
    if (::poll(&end_of_stream, 1, 5000) == -1) {
        throw std::system_error(errno, std::generic_category(), "poll");
    }
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    tcp::socket sender = listener.accept();

    std::array<char, 1024> bytes{};
    std::size_t length = sender.read_some(boost::asio::buffer(bytes, 1));
    std::cout << "first read, of 1 byte: " << std::string_view(bytes.data(), length) << std::endl;

    dawdle(sender);
    length = sender.read_some(boost::asio::buffer(bytes));
    std::cout << "second read: " << std::string_view(bytes.data(), length) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "11_sticky_receiver_server: " << error.what() << '\n';
    return 1;
}
