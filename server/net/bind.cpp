#include "server/net/bind.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kv {

namespace {

using boost::system::error_code;
using boost::system::system_error;

/// The path of a unix endpoint: what follows the family in its sockaddr.
std::string path_of(const Endpoint& endpoint)
{
    asio::local::stream_protocol::endpoint local;
    local.resize(endpoint.size());
    std::memcpy(local.data(), endpoint.data(), endpoint.size());
    return local.path();
}

/// Whether a socket lies at the endpoint's path that nobody listens to any more.
bool is_stale(asio::io_context& context, const Endpoint& endpoint)
{
    Socket probe(context, endpoint.protocol());
    error_code error;
    probe.connect(endpoint, error);
    return error == asio::error::connection_refused;
}

/// fchmod before bind sets the mode the file is created with, less the umask; chmod after it gives
/// back what the umask took. There is no moment at which a stranger could connect.
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

Acceptor listen_at(asio::io_context& context, const Endpoint& endpoint)
{
    // Connections wait here while all are being accepted in turn; the kernel caps it at somaxconn.
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

}  // namespace kv
