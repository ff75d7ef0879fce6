#include "client/bench/connection.h"

#include "common/address.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace kv::bench {

namespace {

constexpr std::uint32_t connections_per_address = 20'000;

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

void make_non_blocking(const Descriptor& socket)
{
    if (::fcntl(socket.number(), F_SETFL, O_NONBLOCK) != 0)
        fail("cannot make a socket non-blocking");
}

}  // namespace

Protocol protocol_of(const Uri& uri)
{
    if (uri.scheme == "memcache") return Protocol::memcached_text;
    if (uri.scheme == "redis") return Protocol::resp;
    throw BadUri(fmt::format("kvbench speaks memcache:// and redis://, not '{}'", to_string(uri)));
}

Target::Target(const Uri& uri) : uri_(uri)
{
    const Endpoint endpoint = resolve(uri).front();
    std::memcpy(&address_, endpoint.data(), endpoint.size());
    address_bytes_ = static_cast<socklen_t>(endpoint.size());
    is_ipv4_loopback_ = address_.ss_family == AF_INET && is_local(endpoint);
}

Descriptor Target::connect() const
{
    Descriptor socket = make_socket();
    if (::connect(socket.number(), address(), address_bytes_) != 0) {
        fail("cannot connect to " + to_string(uri_));
    }
    make_non_blocking(socket);
    return socket;
}

Descriptor Target::start_connect(std::uint32_t turn) const
{
    // A unix socket connects without a handshake, so there is nothing to start early.
    if (address_.ss_family == AF_UNIX) return connect();
    Descriptor socket = make_socket();
    if (is_ipv4_loopback_) bind_loopback(socket, turn);
    make_non_blocking(socket);
    if (::connect(socket.number(), address(), address_bytes_) != 0 && errno != EINPROGRESS) {
        fail("cannot connect to " + to_string(uri_));
    }
    return socket;
}

Descriptor Target::make_socket() const
{
    Descriptor socket(::socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) fail("cannot make a socket");
    const int on = 1;
    if (address_.ss_family != AF_UNIX &&
        ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        fail("cannot set TCP_NODELAY");
    }
    return socket;
}

// The socket API distinguishes addresses by their first field and requires these casts.
const sockaddr* Target::address() const
{
    return reinterpret_cast<const sockaddr*>(&address_);
}

void Target::bind_loopback(const Descriptor& socket, std::uint32_t turn) const
{
    // connect() chooses the port, which connections to different peers may share.
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK + turn / connections_per_address % 250);
    if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
        fail("cannot bind a loopback address");
    }
}

}  // namespace kv::bench
