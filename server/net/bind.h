// bind.h: a socket bound to an address, ready to accept.
#pragma once

#include "common/asio.h"

namespace kv {

/// Opens a listening socket at `endpoint`, closed on exec. A unix socket is created with mode 0700
/// whatever the umask; one left behind by a server that is gone is replaced, a live one is not.
/// Throws boost::system::system_error naming the step that failed.
[[nodiscard]] Acceptor listen_at(asio::io_context& context, const Endpoint& endpoint);

}  // namespace kv
