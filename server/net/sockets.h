// sockets.h: opens, configures and closes a server's sockets.
#pragma once

#include "common/asio.h"
#include "common/uri.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace kv {

/// The server cannot listen there; the text names the address and the reason.
struct CannotListen : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The listening socket that `uri` asks for, inherited or opened. `allow_remote` permits an address
/// that other machines reach. Throws CannotListen.
[[nodiscard]] Acceptor listen_on(asio::io_context& context, const Uri& uri, bool allow_remote);

/// Opens a listening socket at `endpoint`, closed on exec. A unix socket is created with mode 0700
/// whatever the umask; a dead server's is replaced, a live server's is not. Throws
/// boost::system::system_error naming the step that failed.
[[nodiscard]] Acceptor listen_at(asio::io_context& context, const Endpoint& endpoint);

/// Where an inherited socket listens. Throws boost::system::system_error when `descriptor` is not
/// one.
[[nodiscard]] Endpoint listening_endpoint(int descriptor);

/// Takes over an inherited listening socket, closed on exec. Other processes may have it too
/// (systemd keeps it for the next start), so it is never shut down; and since another process may
/// accept first, it does not block. Throws as above.
[[nodiscard]] Acceptor adopt_listening(asio::io_context& context, int descriptor);

/// Sets the options of a socket just accepted: TCP_NODELAY, keep-alive probes, closed on exec.
/// Ignores errors: a client that has already gone causes some, and its session will notice.
void prepare_session_socket(Socket& socket);

/// Where a client connects from, or to; "gone" for a client that has already gone, which is served
/// all the same.
[[nodiscard]] std::string address_of(const Socket& socket, bool of_peer);

/// Rejects a client: sends `line`, then closes the connection. Does not block: bytes that the
/// socket does not take immediately are lost.
void reject(Socket& socket, std::string_view line) noexcept;

/// A lingering close, for a connection on which the client may still be sending. Closing with bytes
/// unread would make the kernel send a reset, which can overtake our last reply; so this shuts down
/// our side, then reads and drops input for at most a second (RFC 9112, section 9.6, says why).
void linger(Socket& socket);

}  // namespace kv
