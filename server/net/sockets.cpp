#include "server/net/sockets.h"

#include "common/address.h"
#include "common/transport.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace kv {

namespace {

using boost::system::error_code;
using boost::system::system_error;

/// Whether the endpoint's path is a socket that no process listens on any more. Connecting to a
/// file of another kind is refused too, but such a file is not ours to replace.
bool is_stale(asio::io_context& context, const Endpoint& endpoint)
{
    struct stat file {};
    if (::lstat(path_of(endpoint).c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
    Socket probe(context, endpoint.protocol());
    error_code error;
    probe.connect(endpoint, error);
    return error == asio::error::connection_refused;
}

/// fchmod before bind sets the mode the file is created with, less the umask; chmod afterwards
/// restores the bits the umask took. At no moment can another user connect.
void bind_unix(asio::io_context& context, Acceptor& acceptor, const Endpoint& endpoint)
{
    const std::string path = path_of(endpoint);
    if (::fchmod(acceptor.native_handle(), S_IRWXU) != 0) {
        throw system_error(errno, boost::system::system_category(), "fchmod");
    }
    error_code error;
    acceptor.bind(endpoint, error);
    if (error == asio::error::address_in_use && is_stale(context, endpoint)) {
        ::unlink(path.c_str());
        error.clear();
        acceptor.bind(endpoint, error);
    }
    if (error) throw system_error(error, "bind");
    if (::chmod(path.c_str(), S_IRWXU) != 0) {
        throw system_error(errno, boost::system::system_category(), "chmod");
    }
}

}  // namespace

Acceptor listen_on(asio::io_context& context, const Uri& uri, bool allow_remote)
{
    try {
        const Endpoint endpoint =
            uri.is_inherited() ? listening_endpoint(uri.descriptor) : resolve(uri).front();
        if (!allow_remote && !is_local(endpoint)) {
            throw CannotListen(fmt::format(
                "will not listen on {}: other machines could reach it, and there is no password; "
                "--allow-remote permits it",
                to_string(uri)));
        }
        return uri.is_inherited() ? adopt_listening(context, uri.descriptor)
                                  : listen_at(context, endpoint);
    } catch (const boost::system::system_error& error) {
        throw CannotListen(
            fmt::format("cannot listen on {}: {}", to_string(uri), error.code().message()));
    }
}

Acceptor listen_at(asio::io_context& context, const Endpoint& endpoint)
{
    // The backlog; the kernel caps it at somaxconn.
    constexpr int backlog = 1024;
    Acceptor acceptor(context, endpoint.protocol());
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (endpoint.protocol().family() == AF_UNIX) {
        bind_unix(context, acceptor, endpoint);
    } else {
        // A restart must not wait for the last server's connections to leave TIME_WAIT.
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(endpoint);
    }
    acceptor.listen(backlog);
    return acceptor;
}

Endpoint listening_endpoint(int descriptor)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    Endpoint endpoint;
    socklen_t address_size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 ||
        ::getsockname(descriptor, endpoint.data(), &address_size) != 0) {
        throw system_error(errno, boost::system::system_category(), "getsockname");
    }
    if (listens == 0) throw system_error(asio::error::invalid_argument, "not listening");
    endpoint.resize(address_size);
    return endpoint;
}

Acceptor adopt_listening(asio::io_context& context, int descriptor)
{
    const int family = listening_endpoint(descriptor).protocol().family();
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    Acceptor acceptor(context, asio::generic::stream_protocol(family, 0), descriptor);
    acceptor.non_blocking(true);
    return acceptor;
}

void prepare_session_socket(Socket& socket)
{
    error_code ignored;
    // A reply leaves immediately: waiting to fill a segment (Nagle) would cost a round trip.
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    // A peer that vanished without closing is noticed after a minute: 30 + 3 x 10 seconds.
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    for (const auto& [option, value] :
         {std::pair{TCP_KEEPIDLE, 30}, {TCP_KEEPINTVL, 10}, {TCP_KEEPCNT, 3}}) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

namespace {

// Enough for what a client sends before it notices; a client that sends more is not reading anyway.
constexpr int most_reads = 16;

enum class Drained { all, nothing_yet };

/// Reads and drops what has arrived.
Drained drain(int socket)
{
    std::array<char, 4096> forgotten;
    for (int reads = 0; reads < most_reads; ++reads) {
        const auto got = ::recv(socket, forgotten.data(), forgotten.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return Drained::nothing_yet;
        if (got <= 0) break;
    }
    return Drained::all;
}

}  // namespace

void reject(Socket& socket, std::string_view line) noexcept
{
    const int descriptor = socket.native_handle();
    (void)::send(descriptor, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(descriptor, SHUT_WR);
    (void)drain(descriptor);
}

std::string address_of(const Socket& socket, bool of_peer)
{
    boost::system::error_code error;
    const Endpoint endpoint =
        of_peer ? socket.remote_endpoint(error) : socket.local_endpoint(error);
    return error ? "gone" : to_string(endpoint);
}

void linger(Socket& socket)
{
    const int descriptor = socket.native_handle();
    ::shutdown(descriptor, SHUT_WR);
    const Deadline deadline = deadline_after(std::chrono::seconds(1));
    while (wait_for(descriptor, Event::readable, -1, deadline) == Wakeup::readable) {
        if (drain(descriptor) == Drained::all) return;
    }
}

}  // namespace kv
