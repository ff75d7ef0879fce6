// link.h: a client's end of a connection: the socket and what it takes to make one.
#pragma once

#include "common/transport.h"
#include "common/uri.h"

#include <chrono>
#include <memory>

namespace kv::client {

/// The user pressed Ctrl-C while we waited for the server.
struct Interrupted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Connects to the first address of `uri` that answers. Blocks for `timeout` at most per address
/// (zero: as long as the kernel tries), name lookup not counted. Throws CannotConnect, whose text
/// names the server and the reason.
///
/// `interrupt_descriptor`, unless -1, ends every wait on the link with Interrupted once it is
/// readable: how a shell stops a reply that never ends. The caller keeps it open and empties it.
[[nodiscard]] std::unique_ptr<Transport> connect(const Uri& uri, std::chrono::milliseconds timeout,
                                                 int interrupt_descriptor = -1);

}  // namespace kv::client
