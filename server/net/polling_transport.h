// polling_transport.h: how a session waits for its next request: it polls briefly, then sleeps.
//
// A sleep and a wake-up cost more than answering a get. So a session that has answered yields the
// processor (sched_yield), then reads without blocking, and sleeps only when --busy-poll has passed
// without a byte. The more often polling finds nothing, the less often a session polls, so idle and
// slow clients cost nothing. server/net/WAITING.md says what else was tried, with figures.
#pragma once

#include "common/transport.h"

#include <chrono>

namespace kv {

/// Used by one thread, the one that makes it. Does not own `transport`, which must outlive it.
class PollingTransport final : public Transport {
public:
    /// Polls for `longest` before each sleep; zero: never.
    PollingTransport(Transport& transport, std::chrono::microseconds longest);

    /// May poll for as long as `longest`. nullopt: nothing came; sleep in wait().
    std::optional<std::size_t> try_read(std::span<char> into) override;
    std::size_t try_write(std::string_view head, std::string_view tail) override;
    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override;

private:
    [[nodiscard]] bool is_poll_due();
    [[nodiscard]] std::optional<std::size_t> poll(std::span<char> into);

    Transport& transport_;
    const std::chrono::microseconds longest_;
    bool is_ready_ = false;   ///< readable, or the last read filled its buffer
    unsigned fruitless_ = 0;  ///< fruitless polls in a row
    unsigned skips_ = 0;      ///< waits that are still to skip polling
};

}  // namespace kv
