// registry.h: owns every session and its thread, from start to join.
#pragma once

#include "common/mutex.h"
#include "server/net/session.h"

#include <condition_variable>
#include <cstdint>
#include <list>
#include <optional>
#include <stop_token>
#include <thread>

namespace kv {

/// Any thread may call it. Destroyed only after stop().
class Registry {
public:
    Registry(SessionSettings settings, std::size_t max_clients);
    ~Registry();

    enum class Admission { served, refused, no_thread };

    /// Starts a session, in a thread of its own, on a socket just accepted. Rejects the client, in
    /// its protocol, when the server is full or no thread can be started. Does not block. Throws
    /// std::bad_alloc, and then has not taken the socket.
    Admission admit(Socket&& socket, const Scheme& scheme, std::string_view space);

    /// Joins the sessions that have ended. For the sweeper's thread; blocks only briefly.
    void join_ended();

    /// Waits until a session has ended, a stop is requested, or `timeout` has passed.
    void wait_for_end(std::stop_token stop, std::chrono::milliseconds timeout);

    /// Rejects new clients. Drains: every session may answer the requests it has received, for at
    /// most `drain_timeout`. Then disconnects the remaining clients, and joins all threads.
    void stop(std::chrono::milliseconds drain_timeout);

    /// Adds the clients' share: clients now and ever, clients rejected, bytes read and written.
    void add_to(ServerFigures& figures);

    /// When the last client left, or the registry was constructed; nullopt while a client is
    /// connected.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idle_since();

    /// Calls visit for every session being served, under the lock.
    void visit(const std::function<void(Session&)>& visit);

private:
    struct Entry {
        Entry(Socket&& socket, const Scheme& scheme, std::string_view space, std::uint64_t id,
              const SessionSettings& settings)
            : session(std::move(socket), scheme, space, id, settings)
        {
        }
        Session session;
        std::thread thread;
    };
    using Entries = std::list<Entry>;

    [[nodiscard]] Admission start(Entries& arriving);
    void run(Entries::iterator entry);

    const SessionSettings settings_;
    const std::size_t max_clients_;
    std::atomic<std::uint64_t> last_id_{0};

    Mutex mutex_{LockRank::registry};
    std::condition_variable_any changed_;  ///< a session has ended
    Entries active_ KV_GUARDED_BY(mutex_);
    Entries ended_ KV_GUARDED_BY(mutex_);  ///< ended, but not joined yet
    std::chrono::steady_clock::time_point idle_since_ KV_GUARDED_BY(mutex_) =
        std::chrono::steady_clock::now();
    bool stopping_ KV_GUARDED_BY(mutex_) = false;
    std::uint64_t admitted_ KV_GUARDED_BY(mutex_) = 0;
    std::uint64_t refused_ KV_GUARDED_BY(mutex_) = 0;
    std::uint64_t commands_ KV_GUARDED_BY(mutex_) = 0;
    std::uint64_t bytes_read_ KV_GUARDED_BY(mutex_) = 0;  ///< by sessions that have ended
    std::uint64_t bytes_written_ KV_GUARDED_BY(mutex_) = 0;
};

}  // namespace kv
