#include "test/support/raw_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace kv::test {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int connect_unix(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(made);
        errno = error;
        fail("connect");
    }
    return made;
}

int connect_tcp(const std::string& host, std::uint16_t port)
{
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
        throw std::runtime_error("no such address: " + host);
    }
    const int made = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int connected = ::connect(made, found->ai_addr, found->ai_addrlen);
    const int error = errno;
    ::freeaddrinfo(found);
    if (connected != 0) {
        ::close(made);
        errno = error;
        fail("connect");
    }
    const int on = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return made;
}

}  // namespace

RawClient::RawClient(const Uri& uri)
    : socket_(uri.is_unix() ? connect_unix(uri.path) : connect_tcp(uri.host, uri.port))
{
}

RawClient::~RawClient()
{
    if (socket_ >= 0) ::close(socket_);
}

RawClient::RawClient(RawClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

void RawClient::wait(short event) const
{
    pollfd watched{socket_, event, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    const int ready = ::poll(&watched, 1, static_cast<int>(left.count()));
    if (ready == 0) throw std::runtime_error("the server neither answers nor closes");
    if (ready < 0 && errno != EINTR) fail("poll");
}

std::size_t RawClient::send_some(std::string_view bytes)
{
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EINTR) fail("send");
    return 0;
}

void RawClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t sent = send_some(bytes);
        bytes.remove_prefix(sent);
        if (sent == 0) wait(POLLOUT);
    }
}

/// The result of one read; empty when the server has closed.
std::string RawClient::read_some(std::size_t most)
{
    std::string bytes(std::min<std::size_t>(most, 65536), '\0');
    for (;;) {
        wait(POLLIN);
        const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0 && errno != ECONNRESET) fail("recv");
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return bytes;
    }
}

std::string RawClient::read(std::size_t count)
{
    std::string bytes;
    while (bytes.size() < count) {
        const std::string more = read_some(count - bytes.size());
        if (more.empty()) break;
        bytes += more;
    }
    return bytes;
}

std::string RawClient::read_until(std::string_view end)
{
    std::string bytes;
    while (!bytes.ends_with(end)) {
        const std::string more = read_some(1);
        if (more.empty()) break;
        bytes += more;
    }
    return bytes;
}

std::string RawClient::read_all()
{
    std::string bytes;
    for (std::string more = read_some(65536); !more.empty(); more = read_some(65536)) bytes += more;
    return bytes;
}

bool RawClient::answers(std::string_view request, std::string_view expected)
{
    send(request);
    return read(expected.size()) == expected;
}

void RawClient::end_sending()
{
    ::shutdown(socket_, SHUT_WR);
}

void RawClient::vanish()
{
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
}

}  // namespace kv::test
