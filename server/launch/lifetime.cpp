#include "server/launch/lifetime.h"

#include "common/wait.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace kv {

namespace {

constexpr std::string_view parent_gone = "whoever started it has ended";

/// Forgets what stands in stdin. true: there will be no more.
bool input_has_ended()
{
    std::array<char, 4096> forgotten;
    const auto got = ::read(STDIN_FILENO, forgotten.data(), forgotten.size());
    return got == 0 || (got == -1 && errno != EINTR && errno != EAGAIN);
}

}  // namespace

int parent_death_signal()
{
    return SIGRTMIN;
}

Lifetime::Lifetime(const LaunchOptions& options)
    : options_(options), parent_(::getppid()), end_(deadline_after(options.max_lifetime))
{
    if (options_.exit_with_parent) ::prctl(PR_SET_PDEATHSIG, parent_death_signal());
}

/// A limit on a client's presence can run out one limit from now at the earliest.
Lifetime::Moment Lifetime::idle_end(const IdleSince& idle_since) const
{
    if (options_.exit_when_idle.count() == 0) return no_deadline;
    return idle_since().value_or(std::chrono::steady_clock::now()) + options_.exit_when_idle;
}

Occurrence Lifetime::wait(Signals& signals, const IdleSince& idle_since) const
{
    const int input = options_.exit_on_eof ? STDIN_FILENO : -1;
    for (;;) {
        // The parent may have ended between getppid and prctl: then no signal comes.
        if (options_.exit_with_parent && ::getppid() != parent_) return {{}, {}, parent_gone};
        const Moment now = std::chrono::steady_clock::now();
        const Moment idle = idle_end(idle_since);
        if (now >= end_) return {{}, {}, "its lifetime is over"};
        if (now >= idle) return {{}, {}, "it has had no client for so long"};
        switch (wait_for(signals.descriptor(), Event::readable, input, std::min(end_, idle))) {
            case Wakeup::ready:
                if (const auto occurrence = take(signals.next())) return *occurrence;
                break;
            case Wakeup::mail:
                if (input_has_ended()) return {{}, {}, "its standard input has ended"};
                break;
            case Wakeup::timed_out: break;
        }
    }
}

std::optional<Occurrence> Lifetime::take(const signalfd_siginfo& signal) const
{
    const int number = static_cast<int>(signal.ssi_signo);
    if (number == parent_death_signal()) return std::nullopt;
    return Occurrence{number, signal.ssi_code == SI_KERNEL, {}};
}

}  // namespace kv
