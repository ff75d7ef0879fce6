// listener.h: a listening socket and its accept loop.
#pragma once

#include "common/asio.h"
#include "common/log.h"
#include "common/mailbox.h"
#include "common/uri.h"
#include "server/net/registry.h"
#include "server/net/sockets.h"

#include <thread>

namespace kv {

class Listener {
public:
    /// Binds and listens: from here on the kernel accepts connections into the backlog.
    /// `allow_remote` permits an address that other machines reach. All references outlive the
    /// listener. Throws CannotListen.
    Listener(asio::io_context& context, const Uri& uri, bool allow_remote, Registry& registry,
             Log& log);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Starts accepting, in a thread of its own.
    void start();

    /// Stops accepting and joins the thread; connections still in the backlog are reset.
    /// Idempotent.
    void stop();

    /// Where it listens; a port 0 is replaced by the one the kernel chose.
    [[nodiscard]] const Uri& uri() const { return uri_; }

private:
    [[nodiscard]] bool is_inherited() const { return wake_.descriptor() != -1; }
    void run();
    void accept(Socket& socket);
    void back_off(std::string_view why);
    void complain(std::string_view what);

    Uri uri_;
    std::string name_;  ///< for log lines
    const Scheme& scheme_;
    Acceptor acceptor_;
    Registry& registry_;
    Log& log_;
    std::chrono::steady_clock::time_point last_complaint_;
    std::stop_source stop_;
    Mailbox wake_;  ///< open for an inherited socket only; ends the wait for a client
    std::thread thread_;
};

}  // namespace kv
