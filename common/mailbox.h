// mailbox.h: messages from other threads to a session.
//
// Only a client's own thread writes to its socket. Other threads post messages for the client (such
// as a line of a watched log) here; the session waits for its socket and its mailbox together,
// wakes up and writes the message between two replies.
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

    /// A descriptor that is readable while there is mail, for wait_for(); -1 before open(), so that
    /// clients that never get mail cost no descriptor. Session's thread only.
    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// Creates the wake-up descriptor. Session's thread only, before the first sender knows this
    /// mailbox. `memory`, unless null, is charged for waiting messages, and outlives the mailbox.
    /// Throws boost::system::system_error when no descriptor is left.
    void open(MemorySource* memory);

    /// Posts `message` (bytes ready for the wire) and wakes the session. Any thread; never blocks
    /// on the client. false: the message was dropped, because the mailbox is full
    /// (`max_waiting_bytes`) or memory is.
    [[nodiscard]] bool post(std::string message);

    /// Wakes the session without a message. Any thread; the mailbox is open.
    void wake() noexcept;

    /// Takes the oldest message; nullopt if the mailbox is empty. Releases the charge of the
    /// previous message, which has been written by now. Session's thread only.
    [[nodiscard]] std::optional<std::string> take();

    /// The limit for a client that does not read.
    static constexpr std::size_t max_waiting_bytes = std::size_t{1} << 20;

private:
    /// The memory of a message, including bookkeeping.
    [[nodiscard]] static std::size_t footprint(const std::string& message)
    {
        return message.capacity() + sizeof(std::string);
    }

    int descriptor_ = -1;
    MemorySource* memory_ = nullptr;
    Mutex mutex_{LockRank::client};
    std::list<std::string> messages_ KV_GUARDED_BY(mutex_);
    std::size_t waiting_bytes_ KV_GUARDED_BY(mutex_) = 0;
    std::size_t taken_bytes_ KV_GUARDED_BY(mutex_) = 0;  ///< of those, being written
};

}  // namespace kv
