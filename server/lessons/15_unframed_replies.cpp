// Lesson 15, server half. What happens when requests are framed and replies are not?
//
// This is a key-value server as the simplest tutorials have it: "set KEY LEN\r\n" and LEN bytes are
// answered by STORED, "get KEY\r\n" by the value and nothing else, or by None. The server knows
// where each request ends. Its client is less lucky: see the client half.
//
// Run:         scripts/lesson.sh run 15, or by hand, in two terminals:
//     build/release/lessons/15_unframed_replies_server 8888
//     build/release/lessons/15_unframed_replies_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] get nothing
//     [server] set a 4
//     [server] get a
//     [server] set b 5
//     [server] get a
//     [server] get b
//     [server] set big 1000000
//     [server] get big
// Trace:       accept,recvfrom,sendto
// Leaves out:  a second client, unknown commands, bad lengths.
// In kvserver: server/simple/dialect.cpp speaks exactly this protocol, on simple:// listeners.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>

using boost::asio::ip::tcp;

constexpr std::size_t max_value_bytes = 1 << 20;
constexpr std::size_t max_line_bytes = 2048;

/// What lesson 09 did by hand: read until the mark is there; what came after it stays in pending.
std::string read_line(tcp::socket& client, std::string& pending)
{
    const std::size_t end = boost::asio::read_until(
        client, boost::asio::dynamic_buffer(pending, max_line_bytes + max_value_bytes), "\r\n");
    std::string line = pending.substr(0, end - 2);
    pending.erase(0, end);
    return line;
}

/// Reads exactly `length` bytes, of which pending may already hold some.
std::string read_block(tcp::socket& client, std::string& pending, std::size_t length)
{
    if (length > max_value_bytes) throw std::length_error("the value is too long");
    if (pending.size() < length) {
        boost::asio::read(client, boost::asio::dynamic_buffer(pending),
                          boost::asio::transfer_at_least(length - pending.size()));
    }
    std::string block = pending.substr(0, length);
    pending.erase(0, length);
    return block;
}

void converse(tcp::socket client)
{
    std::unordered_map<std::string, std::string> values;
    std::string pending;
    for (;;) {
        const std::string line = read_line(client, pending);
        std::cout << line << std::endl;
        std::istringstream words(line);
        std::string verb;
        std::string key;
        std::size_t length = 0;
        words >> verb >> key >> length;

        std::string reply = "STORED\r\n";
        if (verb == "set") values[key] = read_block(client, pending, length);
        if (verb == "get") reply = values.contains(key) ? values[key] : "None";
        boost::asio::write(client, boost::asio::buffer(reply));
    }
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    converse(listener.accept());
} catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::eof) return 0;  // the client has closed
    std::cerr << "15_unframed_replies_server: " << error.what() << '\n';
    return 1;
} catch (const std::exception& error) {
    std::cerr << "15_unframed_replies_server: " << error.what() << '\n';
    return 1;
}
