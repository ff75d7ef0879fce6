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

short events_of(Event event)
{
    switch (event) {
        case Event::readable: return POLLIN;
        case Event::writable: return POLLOUT;
        case Event::either: return POLLIN | POLLOUT;
    }
    return 0;
}

/// What is found ready may be so because of an error: that is for a write to tell if one is due.
Wakeup wakeup_of(Event event, short ready)
{
    return event == Event::readable || ready == POLLIN ? Wakeup::readable : Wakeup::writable;
}

}  // namespace

Deadline deadline_after(std::chrono::milliseconds timeout)
{
    return timeout.count() == 0 ? no_deadline : std::chrono::steady_clock::now() + timeout;
}

Wakeup wait_for(int descriptor, Event event, int mail_descriptor, Deadline deadline)
{
    std::array<pollfd, 2> watched{
        {{descriptor, events_of(event), 0}, {mail_descriptor, POLLIN, 0}}};
    for (;;) {
        // A negative descriptor is skipped by poll(2), so "no mailbox" needs no second case.
        const int ready = ::poll(watched.data(), watched.size(), poll_timeout(deadline));
        if (ready > 0 && watched[0].revents != 0) return wakeup_of(event, watched[0].revents);
        if (ready > 0) return Wakeup::mail;
        if (ready == 0) return Wakeup::timed_out;
        if (errno != EINTR) {
            throw boost::system::system_error(errno, boost::system::system_category(), "poll");
        }
    }
}

}  // namespace kv
