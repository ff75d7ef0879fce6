// Lesson 25, client half. What must a client of a key-value server be able to do?
//
// To read a line, to take a length from it, and to read exactly that many bytes, whatever they are:
// the value here contains a line end and a NUL. Two connections see the same data.
//
// Run:         scripts/lesson.sh run 25; the server half says how to do it by hand
//     kvserver itself will do as well: build/release/lessons/25_all_together_client 11211
// Expect:
//     [client] first: STORED
//     [client] second: VALUE greeting 0 13
//     [client] second: the value as it was stored: yes
//     [client] second, a key nobody has set: END
// Trace:       connect,recvfrom,sendto
// Leaves out:  deadlines (21), and what to do after them (22).
// In kvserver: client/client.cpp.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;
using namespace std::string_view_literals;

/// A connection, and the bytes read from it too far.
struct Server {
    tcp::socket socket;
    std::string pending;
};

void send(Server& server, std::string_view bytes)
{
    boost::asio::write(server.socket, boost::asio::buffer(bytes));
}

std::string take(Server& server, std::size_t length)
{
    std::string taken = server.pending.substr(0, length);
    server.pending.erase(0, length);
    return taken;
}

std::string read_line(Server& server)
{
    auto buffer = boost::asio::dynamic_buffer(server.pending, 1 << 20);
    const std::size_t end = boost::asio::read_until(server.socket, buffer, "\r\n");
    std::string line = take(server, end);
    line.resize(end - 2);
    return line;
}

std::string read_block(Server& server, std::size_t length)
{
    if (length > 1 << 20) throw std::length_error("the value is too long");
    if (server.pending.size() < length) {
        boost::asio::read(server.socket, boost::asio::dynamic_buffer(server.pending),
                          boost::asio::transfer_at_least(length - server.pending.size()));
    }
    return take(server, length);
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr auto value = "hello,\r\n\0you\n"sv;

    boost::asio::io_context io;
    const tcp::endpoint address = *tcp::resolver(io).resolve("127.0.0.1", port).begin();
    Server first{tcp::socket(io), ""};
    Server second{tcp::socket(io), ""};
    first.socket.connect(address);
    second.socket.connect(address);

    send(first, "set greeting " + std::to_string(value.size()) + "\r\n" + std::string(value));
    std::cout << "first: " << read_line(first) << std::endl;

    send(second, "get greeting\r\n");
    const std::string line = read_line(second);  // VALUE greeting 0 13
    std::cout << "second: " << line << std::endl;
    const std::string block = read_block(second, std::stoul(line.substr(line.rfind(' '))));
    std::cout << "second: the value as it was stored: " << (block == value ? "yes" : "no")
              << std::endl;
    read_line(second);  // the CRLF after the value
    read_line(second);  // END

    send(second, "get nothing\r\n");
    std::cout << "second, a key nobody has set: " << read_line(second) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "25_all_together_client: " << error.what() << '\n';
    return 1;
}
