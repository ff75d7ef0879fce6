// client.h: one client as the others may see it: `stats conns`, CLIENT LIST.
#pragma once

#include "common/mutex.h"
#include "common/traffic.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kv {

/// Made by the session, written by its thread, read by any: what never changes is plain, the
/// traffic is atomic, the name has its lock.
class Client {
public:
    Client(std::uint64_t id, std::string_view scheme, std::string address,
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

private:
    const std::uint64_t id_;
    const std::string_view scheme_;
    const std::string address_;
    const std::string local_address_;
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    Traffic traffic_;

    mutable Mutex mutex_;
    std::string name_ KV_GUARDED_BY(mutex_);  ///< what the client calls itself; empty until it does
};

}  // namespace kv
