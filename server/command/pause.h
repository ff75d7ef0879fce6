// pause.h: requests that wait because a client has asked for it (Redis' CLIENT PAUSE), and a sleep
// that ends with its client.
#pragma once

#include "common/mutex.h"
#include "common/transport.h"

#include <atomic>
#include <cstdint>

namespace kv {

class ClientRecord;

/// Why a sleep is over.
enum class Woken { by_time, by_wake_up, by_end_of_input };

/// Sleeps until `deadline`, until `wake_descriptor` is readable (-1: none), or until the client has
/// ended its input or a stop has: what it has sent meanwhile wakes nobody. The client's thread
/// only. Throws boost::system::system_error when poll(2) itself fails.
[[nodiscard]] Woken sleep_until(Deadline deadline, const ClientRecord& client,
                                int wake_descriptor = -1);

/// One for all clients. Any thread may call it.
class Pause {
public:
    /// What waits. Each includes those before it.
    enum class Of : std::uint8_t { nothing, writes, everything };

    Pause() = default;
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

    /// Costs a load: to be asked before wait(). May tell of a pause that is over.
    [[nodiscard]] Of of() const { return of_.load(std::memory_order_relaxed); }

    /// Lets requests wait until then. A pause there is already is made longer and wider, never
    /// shorter. Throws boost::system::system_error when no descriptor is left.
    void begin(Of what, Deadline until);

    /// Lets go on whoever waits.
    void end();

    /// Sleeps while a request of this kind is to wait. The client's thread only. false: the client
    /// has gone, and the request with it; when the server stops it is carried out.
    [[nodiscard]] bool wait(const ClientRecord& client, bool writes);

private:
    [[nodiscard]] Deadline deadline_for(bool writes);

    std::atomic<Of> of_{Of::nothing};
    Mutex mutex_;
    Deadline until_ KV_GUARDED_BY(mutex_){};
    int wake_descriptor_ KV_GUARDED_BY(mutex_) = -1;  ///< readable once a pause has been ended
};

}  // namespace kv
