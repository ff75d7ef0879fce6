// Lesson 12, client half. When has a reply been received?
//
// When as many bytes have come as were announced, not when a read has returned. The loop adds up
// what each read returned, and stops at that sum. The length comes from a stranger: it is checked
// before anything is done with it.
//
// Run:         scripts/lesson.sh run 12; the server half says how to do it by hand
// Expect:
//     [client] seq 1000: 3893 bytes announced, 3893 received, last line: 1000
//     [client] reboot: 24 bytes announced, 24 received, last line: not on the list: reboot
// Trace:       connect,recvfrom,sendto
// Leaves out:  commands of your own choice can follow the port number on the command line.
// In kvserver: client/connection.cpp; common/buffered_stream.cpp reads blocks of known length.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

using boost::asio::ip::tcp;

std::size_t parse_length(const std::string& text)
{
    constexpr std::size_t max_reply_bytes = 1 << 20;
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || length > max_reply_bytes) throw std::runtime_error("bad length: " + text);
    return length;
}

std::string read_up_to(tcp::socket& server, std::size_t bytes)
{
    std::array<char, 1024> chunk{};
    const std::size_t wanted = std::min(bytes, chunk.size());
    const std::size_t length = server.read_some(boost::asio::buffer(chunk, wanted));
    return {chunk.data(), length};
}

std::string last_line(std::string text)
{
    if (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0: the only line there is
}

void ask(tcp::socket& server, const std::string& command)
{
    boost::asio::write(server, boost::asio::buffer(command));
    const std::size_t announced = parse_length(read_up_to(server, 20));
    boost::asio::write(server, boost::asio::buffer("OK", 2));

    std::string reply;
    while (reply.size() < announced) reply += read_up_to(server, announced - reply.size());
    std::cout << command << ": " << announced << " bytes announced, " << reply.size()
              << " received, last line: " << last_line(reply) << std::endl;
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
    std::cerr << "12_length_ok_data_client: " << error.what() << '\n';
    return 1;
}
