// context.h: what execution is given besides the operation.
#pragma once

#include "common/clock.h"
#include "common/mutex.h"
#include "server/command/client_record.h"
#include "server/command/monitors.h"
#include "server/command/prefix_counts.h"
#include "server/command/watched_keys.h"
#include "server/store/store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv {

/// What the server as a whole has to report.
struct ServerFigures {
    std::chrono::seconds uptime{0};
    std::size_t max_clients = 0;
    std::size_t clients = 0;
    std::uint64_t clients_ever = 0;
    std::uint64_t clients_refused = 0;
    std::uint64_t commands = 0;  ///< of the dialects that count them
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
};

/// The server, as far as commands may see it. Any thread may call it.
class ServerControl {
public:
    virtual ~ServerControl() = default;
    [[nodiscard]] virtual ServerFigures figures() const = 0;

    /// The same, but counted from the last reset_figures() on, as far as it is counted.
    [[nodiscard]] ServerFigures figures_since_reset() const
    {
        ServerFigures figures = this->figures();
        const MutexLock lock(reset_mutex_);
        figures.clients_ever -= at_reset_.clients_ever;
        figures.clients_refused -= at_reset_.clients_refused;
        figures.commands -= at_reset_.commands;
        figures.bytes_read -= at_reset_.bytes_read;
        figures.bytes_written -= at_reset_.bytes_written;
        return figures;
    }

    void reset_figures()
    {
        const ServerFigures figures = this->figures();
        const MutexLock lock(reset_mutex_);
        at_reset_ = figures;
    }

    /// The options it runs with, as name and value, under the names of the command line.
    [[nodiscard]] virtual std::vector<std::pair<std::string_view, std::string>> settings()
        const = 0;

    /// Calls visit for every client being served, under the registry's lock: keep it short.
    virtual void visit_clients(const std::function<void(const ClientRecord&)>& visit) const = 0;

    /// Breaks the connection of the client with this id; false when there is none.
    virtual bool cut(std::uint64_t client_id) = 0;

    /// The clients that watch what others ask.
    [[nodiscard]] Monitors& monitors() { return monitors_; }

    /// Those that watch what memcached would log.
    [[nodiscard]] LogWatchers& log_watchers() { return log_watchers_; }

    /// What memcache:// is asked for, if that is counted.
    [[nodiscard]] PrefixCounts& prefix_counts() { return prefix_counts_; }

    /// The keys that clients watch.
    [[nodiscard]] WatchedKeys& watched_keys() { return watched_keys_; }

    /// The clock that commands may move; null: the time is not theirs to move.
    virtual VirtualClock* clock_to_turn() { return nullptr; }

    /// Asks whoever runs the server to stop it, and returns. false: that is not allowed.
    virtual bool shut_down() = 0;

private:
    Monitors monitors_;
    LogWatchers log_watchers_;
    PrefixCounts prefix_counts_;
    WatchedKeys watched_keys_;
    mutable Mutex reset_mutex_;
    ServerFigures at_reset_ KV_GUARDED_BY(reset_mutex_);
};

/// One session's view; lives as long as the session.
struct Context {
    Store& store;
    ServerControl& server;
    ClientRecord& client;
    Transaction* inside = nullptr;  ///< of EXEC, while it carries out its queue
};

}  // namespace kv
