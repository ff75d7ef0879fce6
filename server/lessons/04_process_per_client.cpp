// Lesson 04. How does a process per client let everybody talk at once, and what is a zombie?
//
// fork() doubles the program. The child keeps the client, the parent goes back to accept(), and the
// system runs both. A child that ends leaves its exit status behind, a zombie (state Z), until its
// parent asks for it with wait. A server that never asks runs out of process numbers one day.
//
// Run:         scripts/lesson.sh run 4, or by hand, in two terminals:
//     build/release/lessons/04_process_per_client_server 8888
//     build/release/lessons/03_two_clients_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] client 1: Haved Received!
//     [server] client 2: Haved Received!
//     [server] child 1 has ended: state Z
//     [server] child 1 was waited for: no such process any more
//     [server] child 2 has ended: state Z
//     [server] child 2 was waited for: no such process any more
//     [client] first: Hello, socket!
//     [client] second: connected
//     [client] second: Hello, socket!
//     [client] first: answered, and the server has closed
// Trace:       socket,bind,listen,accept,fork,clone,sendto,recvfrom,waitid,wait4
// Leaves out:  a real server waits for its children whenever SIGCHLD says that one has ended.
// In kvserver: no process per client, since processes could not share one map. But ended threads
//              want to be waited for as well: server/net/registry.cpp.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

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

/// The child's whole life.
void serve(int client, int number)
{
    constexpr std::string_view greeting = "Hello, socket!";
    check(::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL), "send");
    std::array<char, 1024> bytes{};
    const auto length = check(::recv(client, bytes.data(), bytes.size(), 0), "recv");
    std::cout << "client " << number << ": "
              << std::string_view(bytes.data(), static_cast<std::size_t>(length)) << std::endl;
}

/// Returns when the child has ended, and leaves the zombie where it is (WNOWAIT).
void await_end(pid_t child)
{
    siginfo_t how{};
    check(::waitid(P_PID, static_cast<id_t>(child), &how, WEXITED | WNOWAIT), "waitid");
}

void show_zombie_and_wait(pid_t child, std::size_t number)
{
    std::string stat;  // "4711 (name) Z ...": proc(5)
    std::getline(std::ifstream("/proc/" + std::to_string(child) + "/stat"), stat);
    std::cout << "child " << number << " has ended: state " << stat.at(stat.rfind(')') + 2) << '\n';

    check(::waitpid(child, nullptr, 0), "waitpid");
    if (::kill(child, 0) == -1 && errno == ESRCH) {
        std::cout << "child " << number << " was waited for: no such process any more" << std::endl;
    }
}

int main(int argc, char* argv[])
try {
    const int listener = listen_on(argc > 1 ? std::stoul(argv[1]) : 8888);
    std::vector<pid_t> children;
    while (children.size() < 2) {  // two clients are enough for a lesson
        const int client = check(::accept(listener, nullptr, nullptr), "accept");
        const pid_t child = check(::fork(), "fork");
        if (child == 0) {
            check(::close(listener), "close");  // accepting is the parent's business
            serve(client, static_cast<int>(children.size()) + 1);
            return 0;  // the child's end; its sockets close with it
        }
        check(::close(client), "close");  // our copy; the connection ends when the last one goes
        children.push_back(child);
    }
    for (const pid_t child : children) await_end(child);
    for (std::size_t i = 0; i < children.size(); ++i) show_zombie_and_wait(children[i], i + 1);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "04_process_per_client_server: " << error.what() << '\n';
    return 1;
}
