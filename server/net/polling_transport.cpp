#include "server/net/polling_transport.h"

#include "server/net/scheduling.h"

#include <sched.h>

#include <algorithm>

namespace kv {

namespace {

/// With many runnable threads one yield takes long, so poll at least this often, whatever the clock
/// says.
constexpr int fewest_rounds = 4;

/// After n fruitless polls in a row the next 2^n - 1 waits skip polling; n is at most this.
constexpr unsigned most_fruitless = 6;

}  // namespace

PollingTransport::PollingTransport(Transport& transport, std::chrono::microseconds longest)
    : transport_(transport), longest_(longest)
{
    if (longest_.count() > 0) ask_for_short_turns();
}

std::optional<std::size_t> PollingTransport::try_read(std::span<char> into)
{
    if (is_ready_) {
        const auto got = transport_.try_read(into);
        is_ready_ = got == into.size();
        if (got) return got;
    }
    return is_poll_due() ? poll(into) : std::nullopt;
}

bool PollingTransport::is_poll_due()
{
    if (longest_.count() == 0) return false;
    if (skips_ == 0) return true;
    --skips_;
    return false;
}

/// Not inlined: try_read() mostly does without, and is to stay small.
[[gnu::noinline]] std::optional<std::size_t> PollingTransport::poll(std::span<char> into)
{
    const auto enough = std::chrono::steady_clock::now() + longest_;
    std::optional<std::size_t> got;
    for (int round = 1;; ++round) {
        ::sched_yield();
        got = transport_.try_read(into);
        if (got) break;
        if (round >= fewest_rounds && std::chrono::steady_clock::now() >= enough) break;
    }
    is_ready_ = got == into.size();
    fruitless_ = got ? 0 : std::min(fruitless_ + 1, most_fruitless);
    skips_ = (1U << fruitless_) - 1;
    return got;
}

std::size_t PollingTransport::try_write(std::string_view head, std::string_view tail)
{
    return transport_.try_write(head, tail);
}

Wakeup PollingTransport::wait(Event event, const Mailbox* mailbox, Deadline deadline)
{
    const Wakeup wakeup = transport_.wait(event, mailbox, deadline);
    if (event == Event::readable || event == Event::either) is_ready_ = wakeup == Wakeup::readable;
    return wakeup;
}

}  // namespace kv
