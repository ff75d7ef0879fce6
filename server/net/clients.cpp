// clients.cpp: clients that cannot be served, or not any longer; the registry's statistics and
// list.
//
// For a second reading: serving a client does not need it.
#include "server/net/listener.h"
#include "server/net/registry.h"
#include "server/net/sockets.h"

#include <sys/socket.h>

namespace kv {

/// The listener is fine, but descriptors, memory or threads have run out. Retrying immediately
/// would burn a core, so wait for a session to end, or a moment. Clients wait in the backlog.
void Listener::back_off(std::string_view why)
{
    complain(why);
    registry_.wait_for_end(stop_.get_token(), std::chrono::milliseconds(50));
}

/// At most one line a second: a flood of clients must not flood the log.
void Listener::complain(std::string_view what)
{
    const auto now = std::chrono::steady_clock::now();
    if (now - last_complaint_ < std::chrono::seconds(1)) return;
    last_complaint_ = now;
    log_.tell(LogLevel::warning, name_, what);
}

void Session::reject() noexcept
{
    kv::reject(socket_, scheme_.busy_line);
    closed("by the server: rejected");
}

void Session::finish()
{
    client_.end(Ending::drained);
    transport_.read_no_further();
    ::shutdown(socket_.native_handle(), SHUT_RD);
}

void Session::cut()
{
    // In this order: end() may make the session cut a reply short, and that reply must not be sent.
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
    client_.end(Ending::cut);
}

void Registry::add_to(ServerFigures& figures)
{
    const MutexLock lock(mutex_);
    figures.max_clients = max_clients_;
    figures.clients = active_.size();
    figures.clients_ever = admitted_;
    figures.clients_refused = refused_;
    figures.bytes_read = bytes_read_;
    figures.bytes_written = bytes_written_;
    figures.commands = commands_;
    for (const Entry& entry : active_) {
        figures.commands += entry.session.client().activity().commands;
        figures.bytes_read += entry.session.client().traffic().bytes_read;
        figures.bytes_written += entry.session.client().traffic().bytes_written;
    }
}

std::optional<std::chrono::steady_clock::time_point> Registry::idle_since()
{
    const MutexLock lock(mutex_);
    if (!active_.empty()) return std::nullopt;
    return idle_since_;
}

void Registry::visit(const std::function<void(Session&)>& visit)
{
    const MutexLock lock(mutex_);
    for (Entry& entry : active_) visit(entry.session);
}

}  // namespace kv
