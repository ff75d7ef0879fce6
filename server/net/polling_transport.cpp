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
    std::optional<std::size_t> got;
    if (is_ready_) got = transport_.try_read(into);
    if (!got && is_poll_due()) {
        got = poll(into);
        fruitless_ = got ? 0 : std::min(fruitless_ + 1, most_fruitless);
        skips_ = (1U << fruitless_) - 1;
    }
    is_ready_ = got == into.size();
    return got;
}

bool PollingTransport::is_poll_due()
{
    if (longest_.count() == 0) return false;
    if (skips_ == 0) return true;
    --skips_;
    return false;
}

std::optional<std::size_t> PollingTransport::poll(std::span<char> into)
{
    const auto enough = std::chrono::steady_clock::now() + longest_;
    for (int round = 1;; ++round) {
        ::sched_yield();
        if (const auto got = transport_.try_read(into)) return got;
        if (round >= fewest_rounds && std::chrono::steady_clock::now() >= enough)
            return std::nullopt;
    }
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
