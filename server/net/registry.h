// registry.h: every session with its thread, from its start until it is joined.
#pragma once

#include "common/mutex.h"
#include "server/net/session.h"

#include <cstdint>
#include <list>
#include <stop_token>
#include <thread>

namespace kv {

/// Any thread may call it. Destroyed only after stop().
class Registry {
public:
    Registry(SessionSettings settings, std::size_t max_clients);
    ~Registry();

    enum class Admission { served, refused, no_thread };

    /// Starts a session, in a thread of its own, on a socket just accepted. When there is no room,
    /// or no thread can be started, the client is told so in its protocol and closed; does not block.
    Admission admit(Socket socket, const Scheme& scheme, std::string name);

    /// Joins the sessions that have ended. For the sweeper's thread; blocks for moments only.
    void join_ended();

    /// Waits until a session has ended, a stop is asked for, or `timeout` has passed.
    void wait_for_end(std::stop_token stop, std::chrono::milliseconds timeout);

    /// Lets every session answer what it has received, for at most `drain_timeout`; then breaks the
    /// connections left; joins all. Admits nobody from now on.
    void stop(std::chrono::milliseconds drain_timeout);

    [[nodiscard]] std::size_t clients();
    [[nodiscard]] std::size_t max_clients() const { return max_clients_; }
    [[nodiscard]] std::uint64_t clients_ever() const { return admitted_.load(); }
    [[nodiscard]] std::uint64_t clients_refused() const { return refused_.load(); }

private:
    struct Client {
        Client(Socket socket, const Scheme& scheme, std::string name,
               const SessionSettings& settings)
            : session(std::move(socket), scheme, std::move(name), settings)
        {
        }
        Session session;
        std::thread thread;
    };
    using Clients = std::list<Client>;

    [[nodiscard]] Admission start(Clients& arriving);
    void run(Clients::iterator client);

    const SessionSettings settings_;
    const std::size_t max_clients_;
    std::atomic<std::uint64_t> admitted_{0};
    std::atomic<std::uint64_t> refused_{0};

    Mutex mutex_;
    Condition changed_;  ///< a session has ended
    Clients active_ KV_GUARDED_BY(mutex_);
    Clients ended_ KV_GUARDED_BY(mutex_);  ///< run to their end, and not joined yet
    bool stopping_ KV_GUARDED_BY(mutex_) = false;
};

}  // namespace kv
