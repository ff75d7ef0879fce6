#include "client/check/client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace kv::check {

namespace {

[[noreturn]] void throw_system_error(int error, const char* attempted)
{
    throw std::system_error(error, std::generic_category(), attempted);
}

/// False: timed out. A signal restarts the wait, but none is expected.
bool wait_for(int descriptor, short events, Milliseconds limit)
{
    pollfd entry{descriptor, events, 0};
    for (;;) {
        const int ready = ::poll(&entry, 1, static_cast<int>(limit.count()));
        if (ready >= 0) return ready > 0;
        if (errno != EINTR) throw_system_error(errno, "poll");
    }
}

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

AddressList resolve(const Address& address)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error =
        ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
    if (error != 0) throw std::runtime_error(::gai_strerror(error));
    return {found, &::freeaddrinfo};
}

/// 0, or the errno of the failure. poll waits for the end of a non-blocking connect.
int try_connect(int descriptor, const addrinfo& target, Milliseconds limit)
{
    if (::connect(descriptor, target.ai_addr, target.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!wait_for(descriptor, POLLOUT, limit)) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

void set_option(int descriptor, int level, int name, int value)
{
    if (::setsockopt(descriptor, level, name, &value, sizeof value) != 0)
        throw_system_error(errno, "setsockopt");
}

}  // namespace

DeadlineSocket::DeadlineSocket(const Address& address, Milliseconds limit, int receive_buffer_bytes)
{
    const AddressList targets = resolve(address);
    int error = EADDRNOTAVAIL;
    for (const addrinfo* target = targets.get(); target != nullptr; target = target->ai_next) {
        descriptor_ = ::socket(target->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor_ < 0) throw_system_error(errno, "socket");
        // Before connect, because the window announced in the handshake depends on it.
        if (receive_buffer_bytes > 0)
            set_option(descriptor_, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
        error = try_connect(descriptor_, *target, limit);
        if (error == 0) {
            // Each write must leave as its own segment, since the cases test where messages are
            // cut.
            set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
            return;
        }
        close();
    }
    throw_system_error(error, "cannot connect");
}

DeadlineSocket::~DeadlineSocket()
{
    close();
}

DeadlineSocket::DeadlineSocket(DeadlineSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
{
}

DeadlineSocket& DeadlineSocket::operator=(DeadlineSocket&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Arrival DeadlineSocket::read_some(std::string& bytes, std::size_t max_bytes, Milliseconds limit)
{
    if (!wait_for(descriptor_, POLLIN, limit)) return Arrival::nothing_yet;
    char buffer[65536];
    const ssize_t count = ::recv(descriptor_, buffer, std::min(sizeof buffer, max_bytes), 0);
    if (count > 0) {
        bytes.append(buffer, static_cast<std::size_t>(count));
        return Arrival::bytes;
    }
    if (count == 0) return Arrival::end;
    return errno == EAGAIN || errno == EINTR ? Arrival::nothing_yet : Arrival::reset;
}

std::size_t DeadlineSocket::write_some(std::string_view bytes, Milliseconds limit)
{
    if (!wait_for(descriptor_, POLLOUT, limit)) return 0;
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR) return 0;
    throw_system_error(errno, "send");
}

std::size_t DeadlineSocket::unread() const
{
    int count = 0;
    if (::ioctl(descriptor_, FIONREAD, &count) != 0) throw_system_error(errno, "ioctl FIONREAD");
    return static_cast<std::size_t>(count);
}

void DeadlineSocket::half_close()
{
    ::shutdown(descriptor_, SHUT_WR);
}

void DeadlineSocket::reset()
{
    const linger immediately{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &immediately, sizeof immediately);
    close();
}

void DeadlineSocket::close()
{
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace kv::check
