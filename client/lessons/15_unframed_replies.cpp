// Lesson 15, client half. What can a client not know if a reply does not say where it ends?
//
// Three things: whether "None" is a value or the lack of one, where the first of two replies ends,
// and whether a read has returned all of a large value. Each shows up below.
//
// Run:         scripts/lesson.sh run 15; the server half says how to do it by hand
// Expect:
//     [client] a key that does not exist: None
//     [client] a key whose value is the text None: None
//     [client] two replies, asked for together: Nonehello
//     [client] one read returned all of a value of 1000000 bytes: no
// Trace:       connect,sendto,sendmsg
// Leaves out:  clients of such servers get by: one request at a time, small values, a new
//              connection for each, read until it closes. Each of these costs round trips.
// In kvserver: server/memcached/encoder.cpp: "VALUE a 0 5\r\nhello\r\nEND\r\n" for a hit, "END\r\n"
//              for a miss. server/simple/dialect.cpp keeps the flaw, for clients that need it.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

using boost::asio::ip::tcp;

void send(tcp::socket& server, std::string_view bytes)
{
    boost::asio::write(server, boost::asio::buffer(bytes));
}

/// Reads exactly this many bytes; we know how many only because we wrote the values ourselves.
std::string read_exactly(tcp::socket& server, std::size_t length)
{
    std::string bytes(length, '\0');
    boost::asio::read(server, boost::asio::buffer(bytes));
    return bytes;
}

void set(tcp::socket& server, const std::string& key, const std::string& value)
{
    send(server, "set " + key + " " + std::to_string(value.size()) + "\r\n" + value);
    read_exactly(server, 8);  // STORED\r\n
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());

    send(server, "get nothing\r\n");
    std::cout << "a key that does not exist: " << read_exactly(server, 4) << std::endl;
    set(server, "a", "None");
    send(server, "get a\r\n");
    std::cout << "a key whose value is the text None: " << read_exactly(server, 4) << std::endl;

    set(server, "b", "hello");
    send(server, "get a\r\nget b\r\n");
    std::cout << "two replies, asked for together: " << read_exactly(server, 9) << std::endl;

    constexpr std::size_t big = 1'000'000;
    set(server, "big", std::string(big, 'x'));
    send(server, "get big\r\n");
    std::vector<char> bytes(65536);  // what one thinks of as a big buffer
    const std::size_t length = server.read_some(boost::asio::buffer(bytes));
    std::cout << "one read returned all of a value of " << big
              << " bytes: " << (length == big ? "yes" : "no") << std::endl;
    read_exactly(server, big - length);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "15_unframed_replies_client: " << error.what() << '\n';
    return 1;
}
