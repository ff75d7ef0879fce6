// Lesson 17, server half. Can one side finish speaking and still listen?
//
// Yes: a connection is two streams, and each ends by itself. The end of the client's stream (its
// FIN) is what our read reports as end of file. It says "no more questions", not "I am gone": the
// answer can still be sent, and a server that closes immediately on end of file cuts such clients
// off.
//
// Run:         scripts/lesson.sh run 17, or by hand, in two terminals:
//     build/release/lessons/17_half_close_server 8888
//     build/release/lessons/17_half_close_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] end of the client's stream, after 15 bytes
//     [server] the answer is sent all the same
// Trace:       accept,recvfrom,sendto
// Leaves out:  reading to the end before answering suits one question per connection only. If the
//              client waits for the answer before it closes, both wait for ever.
// In kvserver: server/command/converse.h: every request that arrived before the end is answered.

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

using boost::asio::ip::tcp;

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    constexpr std::size_t max_question_bytes = 65536;

    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    tcp::socket client = listener.accept();

    std::string question;
    boost::system::error_code error;
    boost::asio::read(client, boost::asio::dynamic_buffer(question, max_question_bytes), error);
    if (error != boost::asio::error::eof) throw std::length_error("the question does not end");
    std::cout << "end of the client's stream, after " << question.size() << " bytes" << std::endl;

    const std::string answer = std::to_string(question.size()) + " bytes received\n";
    std::cout << "the answer is sent all the same" << std::endl;
    boost::asio::write(client, boost::asio::buffer(answer));
    return 0;
} catch (const std::exception& error) {
    std::cerr << "17_half_close_server: " << error.what() << '\n';
    return 1;
}
