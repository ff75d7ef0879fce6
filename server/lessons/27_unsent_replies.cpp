// Lesson 27. How does a server of one thread write to a client that does not read?
//
// It never waits in send(): MSG_DONTWAIT takes what fits now. The rest is kept, and poll() is asked
// to say when there is room again (POLLOUT) beside when there is something to read (POLLIN). So the
// second client is answered while megabytes for the first one wait. This is the other half of an
// event loop, after lessons 07 and 08.
//
// Run:         scripts/lesson.sh run 27, or by hand (both ends are in this program):
//     build/release/lessons/27_unsent_replies_server
// Expect:
//     [server] client 1: <n> bytes sent at once, <n> kept
//     [server] client 2: 6 bytes sent at once, 0 kept
//     [server] client 1: the rest went out in <n> sends
//     [server] both have left
// Trace:       poll,ppoll,sendto
// Leaves out:  a bound on what is kept, and a deadline: a client that never reads would fill our
//              memory. To ask for POLLOUT with nothing to send is the classic mistake: poll() then
//              returns at once, every time, and the loop burns a core.
// In kvserver: each thread waits for its own client only; it reads on while its write waits, into
//              memory that counts against the limit: server/net/session.cpp.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using boost::asio::ip::tcp;

constexpr std::size_t much = 30'000'000;  // more than all buffers on the way hold

struct Client {
    tcp::socket socket;
    int number;
    std::string reply{};
    std::size_t sent = 0;  // of the reply; the rest is kept until the socket is writable
    int sends = 0;
    bool has_left = false;

    [[nodiscard]] std::size_t kept() const { return reply.size() - sent; }
};

/// Returns how many bytes were sent. Never waits.
std::size_t send_what_fits(Client& client)
{
    const auto taken = ::send(client.socket.native_handle(), client.reply.data() + client.sent,
                              client.kept(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken == -1 && errno == EAGAIN) return 0;
    if (taken == -1) throw std::system_error(errno, std::generic_category(), "send");
    client.sent += static_cast<std::size_t>(taken);
    return static_cast<std::size_t>(taken);
}

/// Called when poll() has said POLLIN, so that this does not wait.
void answer(Client& client)
{
    char question = 0;
    client.has_left = ::recv(client.socket.native_handle(), &question, 1, 0) != 1;
    if (client.has_left) return;
    client.reply = question == 'm' ? std::string(much, 'x') : "little";
    const std::size_t at_once = send_what_fits(client);
    std::cout << "client " << client.number << ": " << at_once << " bytes sent at once, "
              << client.kept() << " kept" << std::endl;
}

void send_more(Client& client)
{
    send_what_fits(client);
    ++client.sends;
    if (client.kept() > 0) return;
    std::cout << "client " << client.number << ": the rest went out in " << client.sends << " sends"
              << std::endl;
}

/// Both clients. The first one does not read before the second one has been answered.
void ask(const tcp::endpoint& address)
{
    boost::asio::io_context io;
    tcp::socket first(io);
    tcp::socket second(io);
    first.connect(address);
    second.connect(address);
    boost::asio::write(first, boost::asio::buffer("m", 1));
    boost::asio::write(second, boost::asio::buffer("l", 1));
    std::string reply(6, ' ');
    boost::asio::read(second, boost::asio::buffer(reply));
    reply.resize(much);
    boost::asio::read(first, boost::asio::buffer(reply));
}

int main()
try {
    boost::asio::io_context io;
    tcp::acceptor listener(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const std::jthread asking(ask, listener.local_endpoint());
    std::vector<Client> clients;
    for (int number = 1; number <= 2; ++number) clients.push_back({listener.accept(), number});

    while (!clients.empty()) {
        std::vector<pollfd> watched;
        for (Client& client : clients) {
            const int events = client.kept() > 0 ? POLLIN | POLLOUT : POLLIN;
            watched.push_back({client.socket.native_handle(), static_cast<short>(events), 0});
        }
        if (::poll(watched.data(), watched.size(), -1) == -1)
            throw std::system_error(errno, std::generic_category(), "poll");
        for (std::size_t i = 0; i < clients.size(); ++i) {
            if ((watched[i].revents & POLLOUT) != 0) send_more(clients[i]);
            if ((watched[i].revents & (POLLIN | POLLHUP)) != 0) answer(clients[i]);
        }
        std::erase_if(clients, [](const Client& client) { return client.has_left; });
    }
    std::cout << "both have left" << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "27_unsent_replies_server: " << error.what() << '\n';
    return 1;
}
