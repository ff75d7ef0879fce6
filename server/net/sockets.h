// sockets.h: the options and calls that make a server's sockets what they should be.
#pragma once

#include "common/asio.h"

#include <string_view>

namespace kv {

/// Opens a listening socket at `endpoint`, closed on exec. A unix socket is created with mode 0700
/// whatever the umask; one left behind by a server that is gone is replaced, a live one is not.
/// Throws boost::system::system_error naming the step that failed.
[[nodiscard]] Acceptor listen_at(asio::io_context& context, const Endpoint& endpoint);

/// Where an inherited socket listens. Throws boost::system::system_error when `descriptor` is none.
[[nodiscard]] Endpoint listening_endpoint(int descriptor);

/// Takes over an inherited listening socket, closed on exec. Others may have it too (systemd keeps
/// it for the next start), so it is never shut down, and one of them may be faster to accept: it
/// does not block. Throws as above.
[[nodiscard]] Acceptor adopt_listening(asio::io_context& context, int descriptor);

/// Gives a socket just accepted what a session needs: no waiting for full segments, a word now and
/// then to see whether the peer is still there, closed on exec. A client that has gone already
/// makes some of it fail; its session will find out by itself.
void prepare_session_socket(Socket& socket);

/// For a client there is no room for: sends `line`, then ends the connection. Does not block: what
/// the socket does not take at once is lost, and so is the client.
void turn_away(Socket& socket, std::string_view line) noexcept;

/// Ends our side of a conversation that the client may still be adding to. Closing with its bytes
/// unread would make the kernel send a reset, which can overtake our last reply: so this ends our
/// side, then reads and forgets, for a second at most (RFC 9112, section 9.6, says why).
void linger(Socket& socket);

}  // namespace kv
