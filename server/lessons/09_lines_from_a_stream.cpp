// Lesson 09, server half. Where does a message end?
//
// A datagram has an end; TCP carries a stream of bytes that has none. A read returns what has
// arrived: half a message, one, or two and a half. So the two ends agree on a mark, here the end of
// a line. The reader keeps what it has read until the mark turns up, and what follows the mark for
// the next time.
//
// Run:         scripts/lesson.sh run 9, or by hand, in two terminals:
//     build/release/lessons/09_lines_from_a_stream_server 8888
//     build/release/lessons/09_lines_in_pieces_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] a read returned: get a\r\nget b\r\nge
//     [server]   a line: get a
//     [server]   a line: get b
//     [server]   kept for the next read: ge
//     [server] a read returned: t c\r\n
//     [server]   a line: get c
//     [server] the client has closed
// Trace:       accept,recvfrom,sendto
// Leaves out:  a mark cannot enclose bytes that may contain it; a length can (lesson 12).
// In kvserver: common/buffered_stream.cpp, lines and blocks of known length from one buffer.
//              kvserver --trace draws under each read where in it messages begin and end.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

constexpr std::size_t max_line_bytes = 2048;  // without a bound, one client can fill the memory

/// Takes the first line off the front of what has been read, if a whole one is there.
std::optional<std::string> take_line(std::string& pending)
{
    const std::size_t end = pending.find("\r\n");
    if (end == std::string::npos) {
        if (pending.size() > max_line_bytes) throw std::length_error("the line is too long");
        return std::nullopt;
    }
    std::string line = pending.substr(0, end);
    pending.erase(0, end + 2);
    return line;
}

/// Makes CR and LF visible.
std::string shown(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) {
        if (c == '\r') text += "\\r";
        if (c == '\n') text += "\\n";
        if (c != '\r' && c != '\n') text += c;
    }
    return text;
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    tcp::socket client = listener.accept();

    std::string pending;  // read, but not yet a whole line
    for (;;) {
        std::array<char, 1024> chunk{};
        boost::system::error_code error;
        const std::size_t length = client.read_some(boost::asio::buffer(chunk), error);
        if (error == boost::asio::error::eof) break;
        if (error) throw boost::system::system_error(error, "read");

        pending.append(chunk.data(), length);
        std::cout << "a read returned: " << shown({chunk.data(), length}) << std::endl;
        while (const auto line = take_line(pending)) {
            std::cout << "  a line: " << *line << std::endl;
            boost::asio::write(client, boost::asio::buffer("ok\r\n", 4));
        }
        if (!pending.empty()) std::cout << "  kept for the next read: " << pending << std::endl;
    }
    std::cout << "the client has closed" << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "09_lines_from_a_stream_server: " << error.what() << '\n';
    return 1;
}
