#include "common/wait.h"

#include <boost/system/system_error.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace kv {

namespace {

/// What poll(2) wants: whole milliseconds, rounded up so that we never wake just before the
/// deadline and spin; -1 waits for ever.
int poll_timeout(Deadline deadline)
{
    if (deadline == no_deadline) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(
        left.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace

Deadline deadline_after(std::chrono::milliseconds timeout)
{
    return timeout.count() == 0 ? no_deadline : std::chrono::steady_clock::now() + timeout;
}

Wakeup wait_for(int descriptor, Event event, int mail_descriptor, Deadline deadline)
{
    const auto wanted = static_cast<short>(event == Event::readable ? POLLIN : POLLOUT);
    std::array<pollfd, 2> watched{{{descriptor, wanted, 0}, {mail_descriptor, POLLIN, 0}}};
    for (;;) {
        // A negative descriptor is skipped by poll(2), so "no mailbox" needs no second case.
        const int ready = ::poll(watched.data(), watched.size(), poll_timeout(deadline));
        if (ready > 0) return watched[0].revents != 0 ? Wakeup::ready : Wakeup::mail;
        if (ready == 0) return Wakeup::timed_out;
        if (errno != EINTR) {
            throw boost::system::system_error(errno, boost::system::system_category(), "poll");
        }
    }
}

}  // namespace kv
