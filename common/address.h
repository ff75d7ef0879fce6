// address.h: socket addresses from URIs, and back.
#pragma once

#include "common/asio.h"
#include "common/uri.h"

#include <vector>

namespace kv {

/// Every address `uri` names, best first (IPv4 before IPv6 for a name such as localhost). Resolves
/// names, which may block. Throws boost::system::system_error when it finds no address.
[[nodiscard]] std::vector<Endpoint> resolve(const Uri& uri);

/// Whether only this machine can reach `endpoint`: 127.0.0.0/8, ::1, or a unix socket.
[[nodiscard]] bool is_local(const Endpoint& endpoint);

/// `uri` with the real address of a bound socket: a name becomes an IP address, a port 0 the one
/// the kernel chose.
[[nodiscard]] Uri bound_uri(const Uri& uri, const Endpoint& bound);

/// The path of a unix endpoint; empty for a socket without a name.
[[nodiscard]] std::string path_of(const Endpoint& endpoint);

/// The endpoint as text for a log line: "127.0.0.1:50312", "[::1]:50312" or "unix".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

}  // namespace kv
