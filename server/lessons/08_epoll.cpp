// Lesson 08. What does epoll do better than select?
//
// It remembers. With select (lesson 07) the whole set goes to the kernel and back at every call.
// With epoll each socket is registered once, and a call returns only those with news: the work
// grows with what happens, not with who is connected. Memcached and Redis wait this way.
//
// Run:         scripts/lesson.sh run 8, or by hand, in two terminals:
//     build/release/lessons/08_epoll_server 8888
//     build/release/lessons/03_two_clients_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] a client is greeted
//     [server] a client is greeted
//     [server] heard: Haved Received!
//     [server] heard: Haved Received!
//     [client] first: Hello, socket!
//     [client] second: connected
//     [client] second: Hello, socket!
//     [client] first: answered, and the server has closed
// Trace:       epoll_create1,epoll_ctl,epoll_wait,epoll_pwait,accept,sendto,recvfrom
// Leaves out:  non-blocking sockets, output that waits for room, edge-triggered mode: what turns
//              this page into an event loop, and a conversation into a state machine.
// In kvserver: a blocking read in a thread per client instead; the price is one wake-up and one
//              stack per client, the gain is code that reads like the protocol:
//              server/net/session.cpp.

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

/// Every system call goes through here: -1 becomes an exception that names the call.
template <class Result>
Result check(Result result, const char* call)
{
    if (result == -1) throw std::system_error(errno, std::generic_category(), call);
    return result;
}

/// What Asio's acceptor did in lesson 02, call by call.
int listen_on(unsigned long port)
{
    if (port > 65535) throw std::out_of_range("a port is a number from 0 to 65535");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));  // byte order: lesson 14
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);

    const int listener = check(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    const int on = 1;  // why: lesson 18
    check(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
    check(::bind(listener, generic, size), "bind");
    check(::listen(listener, SOMAXCONN), "listen");
    check(::getsockname(listener, generic, &size), "getsockname");  // port 0 became a real one
    std::cout << "listening on 127.0.0.1:" << ntohs(address.sin_port) << std::endl;
    return listener;
}

/// From now on epoll_wait reports this socket whenever it can be read without blocking.
void watch(int interest_list, int socket)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;  // handed back to us with the news
    check(::epoll_ctl(interest_list, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
}

int greet_next_client(int listener)
{
    const int client = check(::accept(listener, nullptr, nullptr), "accept");
    constexpr std::string_view greeting = "Hello, socket!";
    std::cout << "a client is greeted" << std::endl;
    check(::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL), "send");
    return client;
}

void hear(int client)
{
    std::array<char, 1024> bytes{};
    const auto length = check(::recv(client, bytes.data(), bytes.size(), 0), "recv");
    std::cout << "heard: " << std::string_view(bytes.data(), static_cast<std::size_t>(length))
              << std::endl;
    check(::close(client), "close");  // which also takes it off the interest list
}

int main(int argc, char* argv[])
try {
    const int listener = listen_on(argc > 1 ? std::stoul(argv[1]) : 8888);
    const int interest_list = check(::epoll_create1(0), "epoll_create1");
    watch(interest_list, listener);

    for (int heard = 0; heard < 2;) {  // two clients are enough for a lesson
        std::array<epoll_event, 16> news{};
        const int count =
            check(::epoll_wait(interest_list, news.data(), news.size(), -1), "epoll_wait");
        for (const epoll_event& event : std::span(news).first(static_cast<std::size_t>(count))) {
            if (event.data.fd == listener) {
                watch(interest_list, greet_next_client(listener));
            } else {
                hear(event.data.fd);
                ++heard;
            }
        }
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "08_epoll_server: " << error.what() << '\n';
    return 1;
}
