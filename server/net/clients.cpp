// clients.cpp: the registry's statistics and list of clients.
//
// For a second reading: serving a client does not need it.
#include "server/net/registry.h"

namespace kv {

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
