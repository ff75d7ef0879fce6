// mailbox.h: messages from other threads to a session.
//
// Only a client's own thread writes to its socket. A thread with something for the client (a line
// of a log being watched, a message) posts it here; the session, which waits for its socket and its
// mailbox together, wakes and writes it between two replies.
#pragma once

#include "common/memory_source.h"
#include "common/mutex.h"

#include <list>
#include <optional>
#include <string>

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
    /// mailbox. `memory`, unless null, is asked for what waits here, and outlives the mailbox.
    /// Throws boost::system::system_error when no descriptor is left.
    void open(MemorySource* memory);

    /// Leaves `message` (bytes ready for the wire) and wakes the session. Any thread; never blocks
    /// on the client. false: the mailbox holds `max_waiting_bytes` already, or there is no memory
    /// for more, and the message is dropped.
    [[nodiscard]] bool post(std::string message);

    /// Wakes the session without a message. Any thread; the mailbox is open.
    void wake() noexcept;

    /// Takes the oldest message; nullopt if the mailbox is empty. Releases the charge of the
    /// message taken before, which has been written by now. Session's thread only.
    [[nodiscard]] std::optional<std::string> take();

    /// A client that does not read what it watches must not fill our memory.
    static constexpr std::size_t max_waiting_bytes = std::size_t{1} << 20;

private:
    /// What a message takes, its bookkeeping included.
    [[nodiscard]] static std::size_t footprint(const std::string& message)
    {
        return message.capacity() + sizeof(std::string);
    }

    int descriptor_ = -1;
    MemorySource* memory_ = nullptr;
    Mutex mutex_{LockRank::client};
    std::list<std::string> messages_ KV_GUARDED_BY(mutex_);
    std::size_t waiting_bytes_ KV_GUARDED_BY(mutex_) = 0;
    std::size_t taken_bytes_ KV_GUARDED_BY(mutex_) = 0;  ///< of those, on their way out
};

}  // namespace kv
