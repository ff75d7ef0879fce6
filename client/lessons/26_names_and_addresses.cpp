// Lesson 26, client half. What does a client do with a name that has several addresses?
//
// It tries them in turn, in the order in which getaddrinfo() gives them, and keeps the first one
// that answers. A refused address means little: the next may work. A client that looks at the first
// address only, or at IPv4 only, fails where others work.
//
// Run:         scripts/lesson.sh run 26; the server half says how to do it by hand
// Expect:
//     [client] [::1]:8888: Connection refused
//     [client] 127.0.0.1:8888: Hello, socket!
//     [client] [::1]:8888: Hello, socket!
// Trace:       socket,connect,recvfrom
//              (The first ones are getaddrinfo's own: it finds out which addresses have a route.)
// Leaves out:  an address that does not answer at all costs minutes. Browsers try two at a time and
//              keep the faster ("happy eyeballs").
// In kvserver: client/link.cpp, which tries every address, with one deadline for all of them.

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// All loopback addresses. For another machine, its name would be the first argument.
Addresses addresses_of(const std::string& port)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;  // IPv4 and IPv6
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int error = ::getaddrinfo(nullptr, port.c_str(), &wanted, &first);
    if (error != 0) throw std::runtime_error(::gai_strerror(error));
    return {first, ::freeaddrinfo};
}

std::string text_of(const addrinfo& address)
{
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(address.ai_addr, address.ai_addrlen, host.data(), host.size(), port.data(),
                  port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    const std::string text = host.data();
    return (address.ai_family == AF_INET6 ? "[" + text + "]" : text) + ":" + port.data();
}

/// Prints what it receives. False: no server answers there.
bool is_greeted_by(const addrinfo& address)
{
    // A socket belongs to a family, so each try needs a new one.
    const int server = ::socket(address.ai_family, address.ai_socktype, address.ai_protocol);
    const bool is_connected =
        server != -1 && ::connect(server, address.ai_addr, address.ai_addrlen) == 0;
    if (!is_connected) {
        std::cout << text_of(address) << ": " << std::strerror(errno) << std::endl;
    } else {
        std::array<char, 1024> bytes{};
        const auto length = ::recv(server, bytes.data(), bytes.size(), 0);
        if (length < 0) throw std::runtime_error("recv failed");
        std::cout << text_of(address) << ": "
                  << std::string_view(bytes.data(), static_cast<std::size_t>(length)) << std::endl;
    }
    if (server != -1) ::close(server);
    return is_connected;
}

int main(int argc, char* argv[])
try {
    const Addresses addresses = addresses_of(argc > 1 ? argv[1] : "8888");
    for (int visit = 1; visit <= 2; ++visit) {
        const addrinfo* address = addresses.get();
        while (address != nullptr && !is_greeted_by(*address)) address = address->ai_next;
        if (address == nullptr) throw std::runtime_error("no address answers");
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "26_names_and_addresses_client: " << error.what() << '\n';
    return 1;
}
