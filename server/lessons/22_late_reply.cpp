// Lesson 22, server half. What becomes of a reply that comes after the client has given up?
//
// It waits in the client's kernel, and is the first thing the next read finds. This server is slow
// with the first question: it answers only when the second one is there.
//
// Run:         scripts/lesson.sh run 22, or by hand, in two terminals:
//     build/release/lessons/22_late_reply_server 8888
//     build/release/lessons/22_late_reply_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] connection 1 asks for: tea
//     [server] connection 1 asks for: coffee
//     [server] connection 2 asks for: coffee
// Trace:       accept,recvfrom,sendto
// Leaves out:  protocols with numbered questions can tell a late reply from the right one.
// In kvserver: server/command/converse.h: replies come in the order of the requests.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <string>

using boost::asio::ip::tcp;

/// Reads one line, at most 100 bytes long; pending keeps what came after it.
std::string read_question(tcp::socket& client, std::string& pending, int connection)
{
    const std::size_t end =
        boost::asio::read_until(client, boost::asio::dynamic_buffer(pending, 100), '\n');
    std::string question = pending.substr(0, end - 1);
    pending.erase(0, end);
    std::cout << "connection " << connection << " asks for: " << question << std::endl;
    return question;
}

std::string price_of(const std::string& drink)
{
    return drink + " costs " + (drink == "tea" ? "3" : "5") + "\n";
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    std::string pending;
    tcp::socket first = listener.accept();
    const std::string one = read_question(first, pending, 1);
    const std::string two = read_question(first, pending, 1);  // only now do we answer
    boost::asio::write(first, boost::asio::buffer(price_of(one) + price_of(two)));

    pending.clear();
    tcp::socket second = listener.accept();
    boost::asio::write(second, boost::asio::buffer(price_of(read_question(second, pending, 2))));
    return 0;
} catch (const std::exception& error) {
    std::cerr << "22_late_reply_server: " << error.what() << '\n';
    return 1;
}
