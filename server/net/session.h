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

/// What every session is given. The references outlive all sessions.
struct SessionSettings {
    Store& store;
    ServerControl& server;
    Log& log;
    BufferedStream::Timeouts timeouts;
    std::chrono::microseconds busy_poll{0};
    std::size_t max_item_bytes = 0;
    Impairment impairment;       ///< none, but in a lesson
    Tracing* tracing = nullptr;  ///< null: no trace
};

class Session {
public:
    /// Takes the socket: it is closed when the session is destroyed, by whoever joined its thread.
    Session(Socket socket, const Scheme& scheme, std::uint64_t id, const SessionSettings& settings);

    /// Serves the client until one side ends the conversation. The body of the client's thread;
    /// blocks all that time. Throws nothing: what went wrong is logged, once, here.
    void run() noexcept;

    /// Instead of run(), for a client there is no room for: tells it so and ends its connection.
    /// Does not block: what the socket will not take at once is lost, and so is the client.
    void turn_away() noexcept;

    /// Answers what has been received, then ends. Any thread.
    void finish();

    /// Breaks the connection at once: a blocked read or write returns. Any thread.
    void cut();

    /// What others may know of it. Any thread, while the session is registered.
    [[nodiscard]] const ClientRecord& client() const { return client_; }

private:
    [[nodiscard]] Ended serve();
    void closed(std::string_view how);

    Socket socket_;
    const Scheme& scheme_;
    const SessionSettings& settings_;
    ClientRecord client_;
    const std::string name_;  ///< for log lines
    SocketTransport transport_;
    std::atomic<bool> told_to_end_{false};
    const std::unique_ptr<Observer> observer_;  ///< null: neither trace nor debug log
};

}  // namespace kv
