// Lesson 23, server half. What does a server have to do for clients that do not wait for replies?
//
// Nearly nothing: answer every whole request that a read has brought, gather the replies, and write
// them as one just before it would block in the next read. A hundred requests then cost two system
// calls in place of two hundred.
//
// Run:         scripts/lesson.sh run 23, or by hand, in two terminals:
//     build/release/lessons/23_pipelining_server 8888
//     build/release/lessons/23_pipelining_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] connection 1: requests 100, reads 100, writes 100
//     [server] connection 2: requests 100, reads 1, writes 1
// Trace:       accept,recvfrom,sendto
// Leaves out:  gathered replies need a bound, or a client that never reads fills our memory.
// In kvserver: common/buffered_stream.cpp gathers replies, and flushes them before it would block.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <iostream>
#include <stdexcept>
#include <string>

using boost::asio::ip::tcp;

struct Counts {
    int requests = 0;
    int reads = 0;
    int writes = 0;
};

/// Answers each "ping\n" with "pong\n" until the client closes.
Counts serve(tcp::socket client)
{
    Counts counts;
    std::string pending;
    for (;;) {
        std::array<char, 4096> chunk{};
        boost::system::error_code error;
        const std::size_t length = client.read_some(boost::asio::buffer(chunk), error);
        if (error == boost::asio::error::eof) return counts;
        if (error) throw boost::system::system_error(error, "read");
        ++counts.reads;

        pending.append(chunk.data(), length);
        std::string replies;
        while (pending.starts_with("ping\n")) {
            pending.erase(0, 5);
            replies += "pong\n";
            ++counts.requests;
        }
        if (pending.size() > 5) throw std::runtime_error("expected ping, got " + pending);
        if (replies.empty()) continue;
        boost::asio::write(client, boost::asio::buffer(replies));
        ++counts.writes;
    }
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    for (const int number : {1, 2}) {
        const Counts counts = serve(listener.accept());
        std::cout << "connection " << number << ": requests " << counts.requests << ", reads "
                  << counts.reads << ", writes " << counts.writes << std::endl;
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "23_pipelining_server: " << error.what() << '\n';
    return 1;
}
