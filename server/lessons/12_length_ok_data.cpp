// Lesson 12, server half. How can a reply say how long it is?
//
// By sending its length first. The client asks for the output of a command, which may be long. The
// length is text, of as many digits as it takes; so that nothing can stick to it, the server waits
// for "OK" before it sends the output. It works, and costs each reply one more way there and back.
// Only four commands are allowed; "reboot" is not among them, and gets a line that says so.
//
// Run:         scripts/lesson.sh run 12, or by hand, in two terminals:
//     build/release/lessons/12_length_ok_data_server 8080
//     build/release/lessons/12_length_ok_data_client 8080
// Expect:
//     [server] listening on 127.0.0.1:8080
//     [server] seq 1000: 3893 bytes announced, OK received: they are sent
//     [server] reboot: 24 bytes announced, OK received: they are sent
// Trace:       accept,recvfrom,sendto
// Leaves out:  a header of fixed size ends by itself and needs no OK (lesson 13).
// In kvserver: server/memcached/encoder.cpp puts the length into a line, "VALUE a 0 5\r\n", and
//              the value right after it: the line end suffices as a mark.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <stdexcept>
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
        boost::asio::write(client, boost::asio::buffer(std::to_string(answer.size())));
        if (read_message(client) != "OK") throw std::runtime_error("the client did not say OK");
        std::cout << command << ": " << answer.size()
                  << " bytes announced, OK received: they are sent" << std::endl;
        boost::asio::write(client, boost::asio::buffer(answer));
    }
} catch (const std::exception& error) {
    std::cerr << "12_length_ok_data_server: " << error.what() << '\n';
    return 1;
}
