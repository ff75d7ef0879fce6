// context.h: what execution is given besides the operation.
#pragma once

#include "common/clock.h"
#include "common/mailbox.h"
#include "common/mutex.h"
#include "common/traffic.h"
#include "common/transport.h"
#include "server/command/measures.h"
#include "server/command/pause.h"
#include "server/command/prefix_counts.h"
#include "server/command/watched_keys.h"
#include "server/store/store.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv {

// One client as the others may see it: `stats conns`, CLIENT LIST.

/// What a client is at. Written by its session's thread, read by any.
struct Activity {
    std::atomic<std::uint64_t> commands{0};
    std::atomic<const std::string_view*> last_command{nullptr};  ///< its name; static storage
    std::atomic<int> protocol{2};                                ///< its version, on redis://
    std::atomic<int> queued{-1};  ///< commands in a transaction that is open; -1: none is
    std::atomic<int> watched{0};  ///< keys
    std::atomic<bool> monitors{false};
    std::atomic<bool> waits{false};  ///< for a key

    void began(const std::string_view& command)
    {
        commands.store(commands.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        last_command.store(&command, std::memory_order_relaxed);
    }
};

/// How its conversation is to end. Only ever goes up.
enum class Ending : std::uint8_t {
    open,     ///< not yet
    drained,  ///< what has come is answered, no more is read
    cut,      ///< at once: nothing that is answered from now on is read
};

/// Made by the session, written by its thread, read by any: what never changes is plain, the
/// traffic is atomic, the name has its lock.
class ClientRecord {
public:
    ClientRecord(std::uint64_t id, std::string_view scheme, std::string address,
                 std::string local_address)
        : id_(id),
          scheme_(scheme),
          address_(std::move(address)),
          local_address_(std::move(local_address))
    {
    }

    [[nodiscard]] std::uint64_t id() const { return id_; }  ///< never given twice
    [[nodiscard]] std::string_view scheme() const { return scheme_; }
    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] const std::string& local_address() const { return local_address_; }
    [[nodiscard]] std::chrono::steady_clock::time_point since() const { return since_; }

    [[nodiscard]] Traffic& traffic() { return traffic_; }
    [[nodiscard]] const Traffic& traffic() const { return traffic_; }

    [[nodiscard]] Activity& activity() { return activity_; }
    [[nodiscard]] const Activity& activity() const { return activity_; }

    /// Any thread sets it; its own looks, between requests and between the steps of long ones.
    void end(Ending ending)
    {
        Ending before = this->ending();
        while (before < ending &&
               !ending_.compare_exchange_weak(before, ending, std::memory_order_relaxed)) {
        }
    }
    [[nodiscard]] Ending ending() const { return ending_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool is_cut() const { return ending() == Ending::cut; }

    // What the client works in; null: database 0. Used by its session's thread.
    [[nodiscard]] Space* space() const { return space_.get(); }
    /// Enters another one, and returns what it was in before: not to be let go under the store's
    /// lock.
    SpacePtr enter(SpacePtr space)
    {
        database_.store(space->number, std::memory_order_relaxed);
        return std::exchange(space_, std::move(space));
    }

    /// What it enters when it connects; null: database 0. Session's thread.
    void set_home(SpacePtr space)
    {
        home_ = std::move(space);
        go_home();
    }
    void go_home()
    {
        space_ = home_;
        database_.store(home_ ? home_->number : 0, std::memory_order_relaxed);
    }

    /// The number of that space. Any thread.
    [[nodiscard]] std::uint32_t database() const
    {
        return database_.load(std::memory_order_relaxed);
    }

    /// For what other threads have for this client. They may wake it when the client has gone.
    [[nodiscard]] Mailbox& mailbox() { return *mailbox_; }
    [[nodiscard]] const std::shared_ptr<Mailbox>& shared_mailbox() const { return mailbox_; }

    [[nodiscard]] std::string name() const
    {
        const MutexLock lock(mutex_);
        return name_;
    }
    void set_name(std::string name)
    {
        const MutexLock lock(mutex_);
        name_ = std::move(name);
    }

    /// The client's library and its version, as it tells them.
    [[nodiscard]] std::pair<std::string, std::string> library() const
    {
        const MutexLock lock(mutex_);
        return library_;
    }
    void set_library(std::string library, std::string its_version)
    {
        const MutexLock lock(mutex_);
        library_ = {std::move(library), std::move(its_version)};
    }

private:
    const std::uint64_t id_;
    const std::string_view scheme_;
    const std::string address_;
    const std::string local_address_;
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    Traffic traffic_;
    Activity activity_;
    std::atomic<Ending> ending_{Ending::open};
    const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    SpacePtr home_;
    SpacePtr space_;
    std::atomic<std::uint32_t> database_{0};

    mutable Mutex mutex_{LockRank::client};
    std::string name_ KV_GUARDED_BY(mutex_);  ///< what the client calls itself; empty until it does
    std::pair<std::string, std::string> library_ KV_GUARDED_BY(mutex_);
};

// The clients that watch what others ask (Redis' MONITOR, memcached's watch).

/// Any thread may call it.
class Monitors {
public:
    /// Costs a branch: to be asked before a line is made for tell().
    [[nodiscard]] bool any() const { return count_.load(std::memory_order_relaxed) != 0; }

    /// From now on `watcher`, which is open, gets every line; until it is removed.
    void add(Mailbox& watcher)
    {
        const MutexLock lock(mutex_);
        watchers_.push_back(&watcher);
        count_ = watchers_.size();
    }

    void remove(Mailbox& watcher)
    {
        const MutexLock lock(mutex_);
        std::erase(watchers_, &watcher);
        count_ = watchers_.size();
    }

    /// Posts `line` to every watcher; one that does not read as fast misses some.
    void tell(const std::string& line)
    {
        const MutexLock lock(mutex_);
        for (Mailbox* watcher : watchers_) (void)watcher->post(line);
    }

private:
    std::atomic<std::size_t> count_{0};
    Mutex mutex_{LockRank::channels};
    std::vector<Mailbox*> watchers_ KV_GUARDED_BY(mutex_);
};

/// The clients that watch streams of what memcached would log. Any thread may call it.
class LogWatchers final : public ChangeListener {
public:
    enum Stream : unsigned {
        fetchers = 1,
        mutations = 2,
        evictions = 4,
        connevents = 8,
        deletions = 16
    };

    /// Whether somebody watches one of `streams`. Costs a branch: to be asked before a text is made
    /// for tell().
    [[nodiscard]] bool any(unsigned streams) const
    {
        return (streams_.load(std::memory_order_relaxed) & streams) != 0;
    }

    /// From now on `watcher`, which is open, gets the lines of these streams; until it is removed.
    void add(Transaction& store, Mailbox& watcher, unsigned streams);
    void remove(Transaction& store, Mailbox& watcher);

    /// Posts a line of this text, behind the time and a number, to those who watch `stream`; one
    /// that does not read as fast misses some.
    void tell(Stream stream, std::string_view text);

    /// Tells of evictions.
    void changed(std::span<const Change> changes) noexcept override;

private:
    struct Watcher {
        Mailbox* mailbox;
        unsigned streams;
    };

    void listen(Transaction& store) KV_REQUIRES(mutex_);

    std::atomic<unsigned> streams_{0};  ///< that anybody watches
    Mutex mutex_{LockRank::channels};
    std::vector<Watcher> watchers_ KV_GUARDED_BY(mutex_);
    std::uint64_t last_number_ KV_GUARDED_BY(mutex_) = 0;
};

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

    /// What is noted of the requests of redis://.
    [[nodiscard]] Measures& measures() { return measures_; }

    /// Whether requests of redis:// are to wait.
    [[nodiscard]] Pause& pause() { return pause_; }

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
    Measures measures_;
    Pause pause_;
    WatchedKeys watched_keys_;
    mutable Mutex reset_mutex_;
    ServerFigures at_reset_ KV_GUARDED_BY(reset_mutex_);
};

/// What a session's dialect sees of the store.
class ClientMemory final : public DraftSource {
public:
    /// Both outlive this.
    ClientMemory(Store& store, const ClientRecord& client) : store_(store), client_(client) {}

    [[nodiscard]] std::optional<Draft> draft(const HashedKey& key, std::size_t bytes) override
    {
        return store_.draft(key, bytes);
    }
    [[nodiscard]] std::optional<Charge> reserve(std::size_t bytes) override
    {
        return store_.reserve(bytes);
    }
    [[nodiscard]] HashedKey hashed(std::string_view key) const override
    {
        return store_.hashed(key);
    }

    /// In the space that the client works in.
    void prefetch(std::span<const HashedKey> keys) override
    {
        Transaction(store_, client_.space()).prefetch(keys);
    }

private:
    Store& store_;
    const ClientRecord& client_;
};

/// How a session's thread waits for other clients. Used by that thread.
class Sleeper {
public:
    virtual ~Sleeper() = default;

    /// As BufferedStream::sleep.
    [[nodiscard]] virtual Wakeup sleep(Deadline deadline) = 0;
};

/// One session's view; lives as long as the session.
struct Context {
    Store& store;
    ServerControl& server;
    ClientRecord& client;
    Sleeper* sleeper = nullptr;     ///< null: the client cannot wait, and is answered at once
    Transaction* inside = nullptr;  ///< of EXEC, while it carries out its queue
};

}  // namespace kv
