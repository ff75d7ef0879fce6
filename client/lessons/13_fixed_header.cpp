// Lesson 13, client half. How does a receive loop count?
//
// By adding up what each read returned. A well-known tutorial adds, after each read, the length of
// everything received so far. Its sum runs ahead, and the loop ends before the reply does: the rest
// sticks to the front of the next reply. Both sums are kept here; the right one decides.
//
// Run:         scripts/lesson.sh run 13; the server half says how to do it by hand
// Expect:
//     [client] seq 1000: 3893 of 3893 bytes, last line: 1000
//     [client]   the tutorial's loop would have stopped early: yes
//     [client] reboot: 24 of 24 bytes, last line: not on the list: reboot
//     [client]   the tutorial's loop would have stopped early: no
// Trace:       connect,recvfrom,sendto
// Leaves out:  the short reply hides the fault, as short replies do on every programmer's desk.
// In kvserver: common/buffered_stream.cpp, blocks of known length.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

using boost::asio::ip::tcp;

/// The length is signed and comes from a stranger: check a lower and an upper bound.
std::size_t read_header(tcp::socket& server)
{
    std::int32_t length = 0;
    boost::asio::read(server, boost::asio::buffer(&length, sizeof length));  // all four bytes
    if (length < 0 || length > 1 << 20) throw std::runtime_error("bad length in the header");
    return static_cast<std::size_t>(length);
}

std::string last_line(std::string text)
{
    if (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0: the only line there is
}

void ask(tcp::socket& server, const std::string& command)
{
    boost::asio::write(server, boost::asio::buffer(command));
    const std::size_t announced = read_header(server);

    std::string reply;
    std::size_t tutorials_sum = 0;
    bool would_have_stopped = false;
    while (reply.size() < announced) {
        would_have_stopped = would_have_stopped || tutorials_sum >= announced;
        std::array<char, 1024> chunk{};
        const std::size_t wanted = std::min(announced - reply.size(), chunk.size());
        reply.append(chunk.data(), server.read_some(boost::asio::buffer(chunk, wanted)));
        tutorials_sum += reply.size();
    }
    std::cout << command << ": " << reply.size() << " of " << announced
              << " bytes, last line: " << last_line(reply) << std::endl
              << "  the tutorial's loop would have stopped early: "
              << (would_have_stopped ? "yes" : "no") << std::endl;
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8080";
    std::vector<std::string> commands(argv + std::min(argc, 2), argv + argc);
    if (commands.empty()) commands = {"seq 1000", "reboot"};

    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());
    for (const std::string& command : commands) ask(server, command);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "13_fixed_header_client: " << error.what() << '\n';
    return 1;
}
