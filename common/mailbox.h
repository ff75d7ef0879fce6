// mailbox.h: messages from other threads to a session.
//
// Only a client's own thread writes to its socket. A thread with something for the client (a line
// of a log being watched, a message) posts it here; the session, which waits for its socket and its
// mailbox together, wakes and writes it between two replies.
#pragma once

#include "common/mutex.h"

#include <string>
#include <vector>

namespace kv {

class Mailbox {
public:
    Mailbox() = default;
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// The descriptor that becomes readable when mail has come, for wait_for(); -1 until open() is
    /// called, so that a client without mail costs no descriptor. Session's thread only.
    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// Makes the wake descriptor. Session's thread only, before the first sender knows of this
    /// mailbox. Throws boost::system::system_error when no descriptor is left.
    void open();

    /// Leaves `message` (bytes ready for the wire) and wakes the session. Any thread; never blocks
    /// on the client. false: the mailbox holds `max_waiting_bytes` already, the message is dropped.
    [[nodiscard]] bool post(std::string message);

    /// Takes everything that has come, oldest first. Session's thread only.
    [[nodiscard]] std::vector<std::string> take();

    /// A client that does not read what it watches must not fill our memory.
    static constexpr std::size_t max_waiting_bytes = std::size_t{1} << 20;

private:
    int descriptor_ = -1;
    Mutex mutex_{LockRank::client};
    std::vector<std::string> messages_ KV_GUARDED_BY(mutex_);
    std::size_t waiting_bytes_ KV_GUARDED_BY(mutex_) = 0;
};

}  // namespace kv
