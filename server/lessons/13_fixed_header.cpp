// Lesson 13, server half. What does a header of fixed size save?
//
// The round trip, the way there and back, that lesson 12 spends on "OK". Four bytes always end
// after four bytes: header and reply leave together, and the client reads first four bytes, then as
// many as they say. They are an int as it lies in memory: Python's struct.pack('i', n).
//
// Run:         scripts/lesson.sh run 13, or by hand, in two terminals:
//     build/release/lessons/13_fixed_header_server 8080
//     build/release/lessons/13_fixed_header_client 8080
// Expect:
//     [server] listening on 127.0.0.1:8080
//     [server] seq 1000: 4 + 3893 bytes are sent
//     [server] reboot: 4 + 24 bytes are sent
// Trace:       accept,recvfrom,sendto,sendmsg
// Leaves out:  another machine may keep its ints the other way round (lesson 14). And the command
//              still has no header: only replies are framed here.
// In kvserver: no binary headers, but the same order: server/memcached/encoder.cpp sends
//              the length first, and reply after reply without waiting.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

using boost::asio::ip::tcp;

/// What may be asked for without --any-command. A server that runs what a stranger sends is not a
/// server but a break-in: even on the loopback address every user of this machine is a stranger.
constexpr std::array<std::string_view, 4> harmless = {"date", "pwd", "seq 1000", "uname"};

std::string run(const std::string& command)
{
    std::FILE* const output = ::popen((command + " 2>&1").c_str(), "r");
    if (output == nullptr) throw std::system_error(errno, std::generic_category(), "popen");
    std::string text;
    std::array<char, 4096> chunk{};
    while (const std::size_t length = std::fread(chunk.data(), 1, chunk.size(), output)) {
        text.append(chunk.data(), length);
    }
    if (std::ferror(output) != 0) throw std::runtime_error("cannot read the command's output");
    if (::pclose(output) == -1) throw std::system_error(errno, std::generic_category(), "pclose");
    return text;
}

std::string answer_to(const std::string& command, bool any_command)
{
    const bool is_harmless = std::count(harmless.begin(), harmless.end(), command) > 0;
    return is_harmless || any_command ? run(command) : "not on the list: " + command + "\n";
}

/// One read is taken for one message, since the client marks no end: the flaw of this protocol.
/// An empty answer means that the client has closed.
std::string read_message(tcp::socket& client)
{
    std::array<char, 1024> bytes{};
    boost::system::error_code error;
    const std::size_t length = client.read_some(boost::asio::buffer(bytes), error);
    if (error && error != boost::asio::error::eof) throw boost::system::system_error(error, "read");
    return {bytes.data(), length};
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8080";
    const bool any_command = argc > 2 && argv[2] == std::string_view("--any-command");
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    tcp::socket client = listener.accept();

    for (;;) {
        const std::string command = read_message(client);
        if (command.empty()) return 0;
        const std::string answer = answer_to(command, any_command);
        const auto length = static_cast<std::int32_t>(answer.size());
        // Two buffers, one system call: the header is not copied in front of the answer.
        const std::array<boost::asio::const_buffer, 2> message = {
            boost::asio::buffer(&length, sizeof length), boost::asio::buffer(answer)};
        std::cout << command << ": 4 + " << answer.size() << " bytes are sent" << std::endl;
        boost::asio::write(client, message);
    }
} catch (const std::exception& error) {
    std::cerr << "13_fixed_header_server: " << error.what() << '\n';
    return 1;
}
