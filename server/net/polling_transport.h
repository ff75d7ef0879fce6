// polling_transport.h: how a session waits for its next request: politely for a moment, then
// asleep.
//
// Being put to sleep and woken costs more than answering a get. So a session that has answered lets
// whoever else wants the processor have it (sched_yield), then looks whether something has come,
// and sleeps only when --busy-poll has passed in vain. A client that keeps it waiting in vain is
// waited for like this less and less, so idle and slow clients cost nothing. What else was tried,
// and what each gave, is in server/net/WAITING.md.
#pragma once

#include "common/transport.h"

#include <chrono>

namespace kv {

/// Used by one thread, the one that makes it. Does not own `transport`, which must outlive it.
class PollingTransport final : public Transport {
public:
    /// Polls for `longest` before each sleep; zero: never.
    PollingTransport(Transport& transport, std::chrono::microseconds longest);

    /// May take as long as polling does. nullopt: it is time to sleep, in wait().
    std::optional<std::size_t> try_read(std::span<char> into) override;
    std::size_t try_write(std::string_view head, std::string_view tail) override;
    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override;

private:
    [[nodiscard]] bool is_poll_due();
    [[nodiscard]] std::optional<std::size_t> poll(std::span<char> into);

    Transport& transport_;
    const std::chrono::microseconds longest_;
    bool is_ready_ = false;  ///< there is something to read: it was woken for it, or the last
                             ///< read filled all its room
    unsigned in_vain_ = 0;   ///< polls that gave nothing, since the last that did
    unsigned left_out_ = 0;  ///< how many waits are still to be spent asleep at once
};

}  // namespace kv
