// Lesson 23, client half. How long do a hundred requests take?
//
// A hundred round trips, if each waits for the reply to the one before. One, if all are sent and
// then all replies are read. On loopback a round trip costs two wake-ups; across the world 200 ms.
//
// Run:         scripts/lesson.sh run 23; the server half says how to do it by hand
// Expect:
//     [client] one by one: 100 replies, 100 round trips, <us> us
//     [client] pipelined: 100 replies, 1 round trip, <us> us
// Trace:       connect,recvfrom,sendto
// Leaves out:  a client that sends without end and never reads ends up with the server's buffers
//              and its own full, and both waiting (lesson 16). Send in portions.
// In kvserver: client/pipeline.h: many requests in one round trip.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr int request_count = 100;
constexpr std::string_view request = "ping\n";

void send(tcp::socket& server, std::string_view bytes)
{
    boost::asio::write(server, boost::asio::buffer(bytes));
}

/// Every reply is as long as its request.
void read_replies(tcp::socket& server, int count)
{
    std::string replies(static_cast<std::size_t>(count) * request.size(), '\0');
    boost::asio::read(server, boost::asio::buffer(replies));
}

void report(std::string_view how, std::string_view round_trips, Clock::time_point start)
{
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    std::cout << how << ": " << request_count << " replies, " << round_trips << ", " << time.count()
              << " us" << std::endl;
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    const tcp::endpoint address = *tcp::resolver(io).resolve("127.0.0.1", port).begin();
    tcp::socket server(io);

    server.connect(address);
    auto start = Clock::now();
    for (int i = 0; i < request_count; ++i) {
        send(server, request);
        read_replies(server, 1);
    }
    report("one by one", "100 round trips", start);
    server.close();

    server.connect(address);
    start = Clock::now();
    std::string all;
    for (int i = 0; i < request_count; ++i) all += request;
    send(server, all);
    read_replies(server, request_count);
    report("pipelined", "1 round trip", start);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "23_pipelining_client: " << error.what() << '\n';
    return 1;
}
