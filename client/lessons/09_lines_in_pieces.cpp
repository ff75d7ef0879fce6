// Lesson 09, client half. Must a sender write whole lines?
//
// No. It may write two and a half lines now and the rest later, and the network may cut or join
// what it writes in any other way. Here the pause is made by waiting for two replies: the server
// can send them only if it found both lines in the one read.
//
// Run:         scripts/lesson.sh run 9; the server half says how to do it by hand
// Expect:
//     [client] after two and a half lines: ok ok
//     [client] after the other half: ok
// Trace:       connect,recvfrom,sendto
// Leaves out:  the replies are lines as well, and a client finds them in its stream the same way;
//              this one knows how many bytes to wait for.
// In kvserver: common/buffered_stream.cpp serves client and server alike.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

void send(tcp::socket& server, std::string_view bytes)
{
    boost::asio::write(server, boost::asio::buffer(bytes));
}

/// boost::asio::read loops over read_some until the buffer is full: exactly one "ok\r\n".
std::string read_reply(tcp::socket& server)
{
    std::array<char, 4> reply{};
    boost::asio::read(server, boost::asio::buffer(reply));
    return {reply.data(), 2};
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());

    send(server, "get a\r\nget b\r\nge");
    const std::string first = read_reply(server);
    const std::string second = read_reply(server);
    std::cout << "after two and a half lines: " << first << ' ' << second << std::endl;

    send(server, "t c\r\n");
    std::cout << "after the other half: " << read_reply(server) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "09_lines_in_pieces_client: " << error.what() << '\n';
    return 1;
}
