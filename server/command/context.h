// context.h: what execution is given besides the operation.
#pragma once

#include "server/store/store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kv {

/// What the server as a whole has to report.
struct ServerFigures {
    std::chrono::seconds uptime{0};
    std::size_t max_clients = 0;
    std::size_t clients = 0;
    std::uint64_t clients_ever = 0;
    std::uint64_t clients_refused = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
};

/// The server, as far as commands may see it. Any thread may call it.
class ServerControl {
public:
    virtual ~ServerControl() = default;
    [[nodiscard]] virtual ServerFigures figures() const = 0;
};

/// One session's view; lives as long as the session.
struct Context {
    Store& store;
    ServerControl& server;
};

}  // namespace kv
