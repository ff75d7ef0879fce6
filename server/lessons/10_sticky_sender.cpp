// Lesson 10, server half. Why does one read return what was written with two?
//
// Because TCP does not know what a write was. Packets that "stick together" are not a fault but the
// nature of a stream. Here the sender's kernel joins the two writes into one segment (TCP's word
// for a packet) before they leave; in lesson 11 the receiver's buffer joins them.
//
// Run:         scripts/lesson.sh run 10, or by hand, in two terminals:
//     build/release/lessons/10_sticky_sender_server 8888
//     build/release/lessons/10_sticky_sender_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] one read: I'm Lyon
//     [server] the sender has closed
// Trace:       accept,recvfrom
// Leaves out:  a sender that simply writes twice may cause one read or two, by chance:
//              a program tested on a quiet machine is right until it meets a busy one.
// In kvserver: common/buffered_stream.cpp never asks how many reads it took.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    tcp::socket sender = listener.accept();

    for (;;) {
        std::array<char, 1024> bytes{};
        boost::system::error_code error;
        const std::size_t length = sender.read_some(boost::asio::buffer(bytes), error);
        if (error == boost::asio::error::eof) break;
        if (error) throw boost::system::system_error(error, "read");
        std::cout << "one read: " << std::string_view(bytes.data(), length) << std::endl;
    }
    std::cout << "the sender has closed" << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "10_sticky_sender_server: " << error.what() << '\n';
    return 1;
}
