#include "server/command/pause.h"

#include "server/command/context.h"

#include <boost/system/system_error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace kv {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

/// For poll(2): whole milliseconds, rounded up. A longer sleep is made of several.
int milliseconds_until(Deadline deadline)
{
    constexpr std::chrono::hours longest{24};
    const auto now = std::chrono::steady_clock::now();
    const auto left = std::min<Deadline::duration>(deadline - now, longest);
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, rounded));
}

}  // namespace

Woken sleep_until(Deadline deadline, const ClientRecord& client, int wake_descriptor)
{
    std::array<pollfd, 2> watched{
        {{client.traffic().descriptor, POLLRDHUP, 0}, {wake_descriptor, POLLIN, 0}}};
    for (;;) {
        const int timeout = milliseconds_until(deadline);
        const int ready = ::poll(watched.data(), watched.size(), timeout);
        if (ready > 0 && watched[0].revents != 0) return Woken::by_end_of_input;
        if (ready > 0) return Woken::by_wake_up;
        if (ready == 0 && timeout == 0) return Woken::by_time;
        if (ready < 0 && errno != EINTR) fail("poll");
    }
}

Pause::~Pause()
{
    if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
}

void Pause::begin(Of what, Deadline until)
{
    const MutexLock lock(mutex_);
    if (wake_descriptor_ < 0) {
        wake_descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (wake_descriptor_ < 0) fail("eventfd");
    }
    const bool goes_on = of() != Of::nothing && until_ > std::chrono::steady_clock::now();
    if (!goes_on) {
        std::uint64_t wake_ups = 0;
        (void)!::read(wake_descriptor_, &wake_ups, sizeof wake_ups);
    }
    until_ = goes_on ? std::max(until_, until) : until;
    of_.store(goes_on ? std::max(of(), what) : what, std::memory_order_relaxed);
}

void Pause::end()
{
    const MutexLock lock(mutex_);
    if (of() == Of::nothing) return;
    of_.store(Of::nothing, std::memory_order_relaxed);
    const std::uint64_t wake_up = 1;
    (void)!::write(wake_descriptor_, &wake_up, sizeof wake_up);
}

/// Until when such a request waits; the epoch: it does not.
Deadline Pause::deadline_for(bool writes)
{
    const MutexLock lock(mutex_);
    if (of() == Of::nothing || (of() == Of::writes && !writes)) return {};
    if (until_ > std::chrono::steady_clock::now()) return until_;
    of_.store(Of::nothing, std::memory_order_relaxed);
    return {};
}

bool Pause::wait(const ClientRecord& client, bool writes)
{
    for (;;) {
        const Deadline deadline = deadline_for(writes);
        if (deadline == Deadline{} || client.ending() == Ending::drained) return true;
        int wake_descriptor = -1;
        {
            const MutexLock lock(mutex_);
            wake_descriptor = wake_descriptor_;
        }
        const Woken woken = sleep_until(deadline, client, wake_descriptor);
        if (woken == Woken::by_end_of_input) return client.ending() == Ending::drained;
    }
}

}  // namespace kv
