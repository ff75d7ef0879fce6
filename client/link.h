// link.h: a client's socket, and how it connects.
#pragma once

#include "common/transport.h"
#include "common/uri.h"

#include <chrono>
#include <memory>

namespace kv::client {

/// Ctrl-C was pressed while we waited for the server.
struct Interrupted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Connects to the first address of `uri` that answers. Blocks for at most `timeout` per address
/// (zero: as long as the kernel tries), plus name lookup. Throws CannotConnect, whose text names
/// the server and the reason.
///
/// `interrupt_descriptor`, unless -1, ends every wait on the link with Interrupted when it is
/// readable; a shell stops endless replies this way. The caller keeps it open and drains it.
[[nodiscard]] std::unique_ptr<Transport> connect(const Uri& uri, std::chrono::milliseconds timeout,
                                                 int interrupt_descriptor = -1);

}  // namespace kv::client
