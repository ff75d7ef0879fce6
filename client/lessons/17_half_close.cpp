// Lesson 17, client half. What is the difference between shutdown and close?
//
// shutdown(send) ends our stream and tells the other side so; the connection, and our descriptor,
// live on, and we can read. close gives up the descriptor, and with it the right to an answer:
// bytes that arrive afterwards are answered with a reset (lesson 19).
//
// Run:         scripts/lesson.sh run 17; the server half says how to do it by hand
// Expect:
//     [client] sends 15 bytes, and the end of the stream
//     [client] still listening: 15 bytes received
// Trace:       connect,shutdown,sendto,recvfrom
// Leaves out:  "nc -N" does the same: printf 'get a\r\n' | nc -N 127.0.0.1 11211
// In kvserver: client/client.cpp asks and is answered on one open connection instead.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr std::string_view question = "one\ntwo\nthree\n\n";

    boost::asio::io_context io;
    tcp::socket server(io);
    server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "sends " << question.size() << " bytes, and the end of the stream" << std::endl;
    boost::asio::write(server, boost::asio::buffer(question));
    server.shutdown(tcp::socket::shutdown_send);

    std::string answer;
    boost::system::error_code error;
    boost::asio::read(server, boost::asio::dynamic_buffer(answer, 1024), error);
    if (error != boost::asio::error::eof) throw std::length_error("the answer does not end");
    std::cout << "still listening: " << answer;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "17_half_close_client: " << error.what() << '\n';
    return 1;
}
