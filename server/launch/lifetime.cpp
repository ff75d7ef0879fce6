#include "server/launch/lifetime.h"

#include "common/transport.h"

#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace kv {

Signals::Signals(std::initializer_list<int> numbers) : signals_{}, before_{}, descriptor_(-1)
{
    sigemptyset(&signals_);
    for (const int number : numbers) sigaddset(&signals_, number);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    descriptor_ = ::signalfd(-1, &signals_, SFD_CLOEXEC);
    if (descriptor_ == -1) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::~Signals()
{
    release();
    ::close(descriptor_);
}

signalfd_siginfo Signals::next()
{
    signalfd_siginfo signal{};
    while (::read(descriptor_, &signal, sizeof signal) == -1) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    return signal;
}

void Signals::release()
{
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

namespace {

constexpr std::string_view parent_gone = "stopping: the process that started kvserver has ended";

/// Reads stdin and drops the bytes. true: end of input.
bool input_has_ended()
{
    std::array<char, 4096> dropped;
    const auto got = ::read(STDIN_FILENO, dropped.data(), dropped.size());
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

/// With a client connected, the idle limit passes one full limit from now at the earliest.
Lifetime::Moment Lifetime::idle_end(const IdleSince& idle_since) const
{
    if (options_.exit_when_idle.count() == 0) return no_deadline;
    return idle_since().value_or(std::chrono::steady_clock::now()) + options_.exit_when_idle;
}

ExitReason Lifetime::wait(Signals& signals, const IdleSince& idle_since) const
{
    const int input = options_.exit_on_eof ? STDIN_FILENO : -1;
    for (;;) {
        // No signal comes if the parent ended between getppid and prctl.
        if (options_.exit_with_parent && ::getppid() != parent_) return {{}, {}, parent_gone};
        const Moment now = std::chrono::steady_clock::now();
        const Moment idle = idle_end(idle_since);
        if (now >= end_) return {{}, {}, "stopping: --max-lifetime has passed"};
        if (now >= idle) return {{}, {}, "stopping: no client for --exit-when-idle"};
        switch (wait_for(signals.descriptor(), Event::readable, input, std::min(end_, idle))) {
            case Wakeup::readable:
                if (const auto reason = take(signals.next())) return *reason;
                break;
            case Wakeup::mail:
                if (input_has_ended())
                    return {{}, {}, "stopping: standard input has ended (--exit-on-eof)"};
                break;
            case Wakeup::writable:
            case Wakeup::timed_out: break;
        }
    }
}

std::optional<ExitReason> Lifetime::take(const signalfd_siginfo& signal) const
{
    const int number = static_cast<int>(signal.ssi_signo);
    if (number == parent_death_signal()) return std::nullopt;
    const std::string_view reason = number == SIGINT    ? "stopping: SIGINT"
                                    : number == SIGTERM ? "stopping: SIGTERM"
                                                        : "";
    return ExitReason{number, signal.ssi_code == SI_KERNEL, reason};
}

namespace {

/// SIGRTMIN: the parent has ended.
int time_is_over_signal()
{
    return SIGRTMIN + 1;
}

}  // namespace

/// Async-signal-safe. Must not block when standard error is not read.
extern "C" void end_now(int, siginfo_t* signal, void*)
{
    constexpr std::string_view text =
        "kvserver: a thread did not end within the drain timeout; exiting without it\n";
    pollfd error{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&error, 1, 0) == 1) {
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    }
    ::_exit(signal->si_value.sival_int);
}

void end_after(std::chrono::milliseconds time, int status)
{
    struct sigaction action {};
    action.sa_sigaction = end_now;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(time_is_over_signal(), &action, nullptr);

    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = time_is_over_signal();
    event.sigev_value.sival_int = status;
    timer_t timer{};
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        return;  // then the stop has no time limit
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    itimerspec when{};
    when.it_value.tv_sec = whole.count();
    when.it_value.tv_nsec = std::chrono::nanoseconds(time - whole).count();
    ::timer_settime(timer, 0, &when, nullptr);
}

}  // namespace kv
