// client_record.h: one client as the others may see it: `stats conns`, CLIENT LIST.
#pragma once

#include "common/mailbox.h"
#include "common/mutex.h"
#include "common/traffic.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

/// What a client is at. Written by its session's thread, read by any.
struct Activity {
    std::atomic<std::uint64_t> commands{0};
    std::atomic<const std::string_view*> last_command{nullptr};  ///< its name; static storage
    std::atomic<int> protocol{2};                                ///< its version, on redis://
    std::atomic<int> queued{-1};  ///< commands in a transaction that is open; -1: none is
    std::atomic<int> watched{0};  ///< keys
    std::atomic<bool> monitors{false};

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

    /// For what other threads have for this client.
    [[nodiscard]] Mailbox& mailbox() { return mailbox_; }

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
    Mailbox mailbox_;

    mutable Mutex mutex_{LockRank::client};
    std::string name_ KV_GUARDED_BY(mutex_);  ///< what the client calls itself; empty until it does
    std::pair<std::string, std::string> library_ KV_GUARDED_BY(mutex_);
};

}  // namespace kv
