// session.h: one client's life, from accept to close.
#pragma once

#include "common/asio.h"
#include "common/log.h"
#include "common/mailbox.h"
#include "common/socket_transport.h"
#include "server/net/impairment.h"
#include "server/net/scheme.h"
#include "server/net/trace.h"

#include <string>

namespace kv {

/// Shared by all sessions. The references outlive them.
struct SessionSettings {
    Store& store;
    ServerControl& server;
    Log& log;
    BufferedStream::Timeouts timeouts;
    std::chrono::microseconds busy_poll{0};
    std::size_t max_item_bytes = 0;
    Impairment impairment;       ///< for lessons only
    Tracing* tracing = nullptr;  ///< null: no trace
};

class Session {
public:
    /// Takes the socket, and closes it in the destructor, after the thread has been joined. The
    /// client works in `space` (see Store::space), in database 0 when that is empty. Throws
    /// std::bad_alloc, and then has not taken the socket.
    Session(Socket&& socket, const Scheme& scheme, std::string_view space, std::uint64_t id,
            const SessionSettings& settings);

    /// Serves the client until one side ends the conversation. The body of the client's thread;
    /// blocks until then. Never throws: errors are logged here, once.
    void run() noexcept;

    /// Rejects the client, instead of run(): sends the scheme's busy line and closes. Does not
    /// block: bytes that the socket does not take immediately are lost.
    void reject() noexcept;

    /// Drains: answers the requests received so far, then ends. Any thread.
    void finish();

    /// Disconnects immediately: a blocked read or write returns. Any thread.
    void cut();

    /// The client's record. Any thread, while the session is registered.
    [[nodiscard]] const ClientRecord& client() const { return client_; }

private:
    [[nodiscard]] Ended serve();
    void closed(std::string_view how, std::string_view why = {},
                LogLevel level = LogLevel::off) noexcept;

    const Scheme& scheme_;
    const SessionSettings& settings_;
    ClientRecord client_;
    const std::string name_;                    ///< for log lines
    const std::unique_ptr<Observer> observer_;  ///< null: neither trace nor debug log
    Socket socket_;
    SocketTransport transport_;
};

}  // namespace kv
