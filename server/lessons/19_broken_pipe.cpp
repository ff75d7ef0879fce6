// Lesson 19, server half. What happens to a server whose client leaves in mid-reply?
//
// A client that closes with bytes unread answers the rest with a reset (RST). The next send() says
// "Connection reset by peer"; one more says "Broken pipe" and comes with the signal SIGPIPE, which
// ends a process that did not prepare for it. MSG_NOSIGNAL leaves the error and drops the signal.
//
// Run:         scripts/lesson.sh run 19, or by hand, in two terminals:
//     build/release/lessons/19_broken_pipe_server 8888
//     build/release/lessons/19_leave_early_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] send: Connection reset by peer
//     [server] client 1: the child was ended by signal 13, Broken pipe
//     [server] send: Connection reset by peer
//     [server] send again: Broken pipe
//     [server] client 2: the child ended by itself
// Trace:       accept,clone,sendto(failed),wait4
// Leaves out:  a server that stops at the first error never meets SIGPIPE here. It does when the
//              client has left politely: the first send() then succeeds, the second one breaks.
// In kvserver: common/socket_transport.cpp. Boost.Asio always sends with MSG_NOSIGNAL.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
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

/// Sends a reply without end until the client is gone, then tries once more.
void reply_for_ever(int client, int flags)
{
    const std::string chunk(1024, 'x');
    while (::send(client, chunk.data(), chunk.size(), flags) != -1) {
    }
    std::cout << "send: " << std::strerror(errno) << std::endl;
    if (::send(client, chunk.data(), chunk.size(), flags) == -1) {
        std::cout << "send again: " << std::strerror(errno) << std::endl;
    }
}

/// In a child process, so that we can watch it end.
void serve(int listener, int number, int flags)
{
    const int client = check(::accept(listener, nullptr, nullptr), "accept");
    const pid_t child = check(::fork(), "fork");
    if (child == 0) {
        reply_for_ever(client, flags);
        ::_exit(0);
    }
    check(::close(client), "close");
    int status = 0;
    check(::waitpid(child, &status, 0), "waitpid");
    std::cout << "client " << number << ": the child ";
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        std::cout << "was ended by signal " << signal << ", " << ::strsignal(signal) << std::endl;
    } else {
        std::cout << "ended by itself" << std::endl;
    }
}

int main(int argc, char* argv[])
try {
    const int listener = listen_on(argc > 1 ? std::stoul(argv[1]) : 8888);
    serve(listener, 1, 0);
    serve(listener, 2, MSG_NOSIGNAL);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "19_broken_pipe_server: " << error.what() << '\n';
    return 1;
}
