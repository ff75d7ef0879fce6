// Lesson 26, server half. At which addresses does a server have to listen?
//
// At every one that clients may find under its name. getaddrinfo() turns a name and a port into a
// list of addresses, of IPv4 and of IPv6, ready for socket() and bind(). A listening socket has one
// address, so this server ends up with two; an accept() on one of them would not notice the other,
// and therefore poll() waits for both.
//
// Run:         scripts/lesson.sh run 26, or by hand, in two terminals:
//     build/release/lessons/26_names_and_addresses_server 8888
//     build/release/lessons/26_names_and_addresses_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] a client has come to 127.0.0.1:8888
//     [server] listening on [::1]:8888
//     [server] a client has come to [::1]:8888
// Trace:       socket,bind,listen,poll,ppoll,accept,sendto
// Leaves out:  without a name getaddrinfo() gives the addresses of this machine to itself; with the
//              flag AI_PASSIVE it gives those that stand for all the machine's addresses, 0.0.0.0
//              and ::. A socket at :: takes IPv4 clients as well unless IPV6_V6ONLY forbids it.
// In kvserver: server/net/sockets.cpp; each --listen URI has a socket and a thread of its own.

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <memory>
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

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// The addresses of one family under which this machine finds itself: a list, here of one.
Addresses addresses_of(int family, const std::string& port)
{
    addrinfo wanted{};
    wanted.ai_family = family;  // AF_UNSPEC: both
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int error = ::getaddrinfo(nullptr, port.c_str(), &wanted, &first);
    if (error != 0) throw std::runtime_error(::gai_strerror(error));  // it does not use errno
    return {first, ::freeaddrinfo};
}

struct Listener {
    int socket;
    std::string port;
    std::string name;
};

Listener listen_on(const addrinfo& address)
{
    const int listener = check(::socket(address.ai_family, address.ai_socktype, 0), "socket");
    const int on = 1;  // why: lesson 18
    check(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
    check(::bind(listener, address.ai_addr, address.ai_addrlen), "bind");
    check(::listen(listener, SOMAXCONN), "listen");

    sockaddr_storage bound{};  // has room for an address of any family
    socklen_t size = sizeof bound;
    auto* const generic = reinterpret_cast<sockaddr*>(&bound);
    check(::getsockname(listener, generic, &size), "getsockname");  // port 0 became a real one
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(generic, size, host.data(), host.size(), port.data(), port.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV);  // the way back: from an address to text
    const std::string text = host.data();
    const bool has_colons = address.ai_family == AF_INET6;
    const std::string name = (has_colons ? "[" + text + "]" : text) + ":" + port.data();
    std::cout << "listening on " << name << std::endl;
    return {listener, port.data(), name};
}

int accept_from(const Listener& listener)
{
    const int client = check(::accept(listener.socket, nullptr, nullptr), "accept");
    std::cout << "a client has come to " << listener.name << std::endl;
    return client;
}

void greet(int client)
{
    constexpr std::string_view greeting = "Hello, socket!";
    check(::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL), "send");
    check(::close(client), "close");
}

int main(int argc, char* argv[])
try {
    const Listener four = listen_on(*addresses_of(AF_INET, argc > 1 ? argv[1] : "8888"));
    const int first = accept_from(four);  // it has tried the other address without success
    const Listener six = listen_on(*addresses_of(AF_INET6, four.port));
    greet(first);

    std::array<pollfd, 2> watched{pollfd{four.socket, POLLIN, 0}, pollfd{six.socket, POLLIN, 0}};
    check(::poll(watched.data(), watched.size(), -1), "poll");  // -1: however long it takes
    greet(accept_from(watched[0].revents != 0 ? four : six));
    return 0;
} catch (const std::exception& error) {
    std::cerr << "26_names_and_addresses_server: " << error.what() << '\n';
    return 1;
}
