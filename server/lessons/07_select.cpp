// Lesson 07. Can one thread serve two clients without making either wait?
//
// Yes, if it never reads from a socket before knowing that something is there. select() takes the
// set of sockets we care about, sleeps until one of them has news, and returns the set of those
// that do. A new connection is news on the listening socket.
//
// Run:         scripts/lesson.sh run 7, or by hand, in two terminals:
//     build/release/lessons/07_select_server 8888
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
// Trace:       accept,select,pselect6,sendto,recvfrom
// Leaves out:  the sets end at descriptor 1023, and are copied and searched at each call. A send
//              may block as well. A client's half message would have to be kept for later.
// In kvserver: a blocking read in a thread per client instead: the thread's own stack remembers
//              where in the conversation we are. See server/net/session.cpp.

#include <arpa/inet.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iostream>
#include <set>
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

int greet_next_client(int listener)
{
    const int client = check(::accept(listener, nullptr, nullptr), "accept");
    if (client >= FD_SETSIZE) throw std::length_error("select cannot watch this many sockets");
    constexpr std::string_view greeting = "Hello, socket!";
    std::cout << "a client is greeted" << std::endl;
    check(::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL), "send");
    return client;
}

/// Reads what a client has said, and closes; the caller knows that the read does not block.
void hear(int client)
{
    std::array<char, 1024> bytes{};
    const auto length = check(::recv(client, bytes.data(), bytes.size(), 0), "recv");
    std::cout << "heard: " << std::string_view(bytes.data(), static_cast<std::size_t>(length))
              << std::endl;
    check(::close(client), "close");
}

int main(int argc, char* argv[])
try {
    const int listener = listen_on(argc > 1 ? std::stoul(argv[1]) : 8888);
    std::set<int> clients;  // a thread would know this from its position in the code; we keep it in
                            // a variable
    for (std::size_t heard = 0; heard < 2;) {  // two clients are enough for a lesson
        fd_set watched;
        FD_ZERO(&watched);
        FD_SET(listener, &watched);
        for (const int client : clients) FD_SET(client, &watched);
        const int highest = clients.empty() ? listener : std::max(listener, *clients.rbegin());
        check(::select(highest + 1, &watched, nullptr, nullptr, nullptr), "select");

        // From here on the set holds only those with news.
        heard += std::erase_if(clients, [&watched](int client) {
            if (!FD_ISSET(client, &watched)) return false;
            hear(client);
            return true;
        });
        if (FD_ISSET(listener, &watched)) clients.insert(greet_next_client(listener));
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "07_select_server: " << error.what() << '\n';
    return 1;
}
