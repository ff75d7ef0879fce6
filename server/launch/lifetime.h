// lifetime.h: when a server ends: after a signal, or when it is no longer needed.
#pragma once

#include "server/launch/start.h"

#include <sys/signalfd.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace kv {

/// Signals as something to wait for, instead of an interruption. Blocks them in the thread that
/// makes it and in every thread started from there, so that they arrive at next() alone. Made
/// before any other thread.
class Signals {
public:
    explicit Signals(std::initializer_list<int> numbers);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// Readable when a signal has come, for wait_for().
    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// Waits for the next signal; blocks.
    [[nodiscard]] signalfd_siginfo next();

    /// Lets them interrupt again: from now on a second SIGTERM ends the process immediately.
    void release();

private:
    sigset_t signals_;
    sigset_t before_;
    int descriptor_;
};

/// The signal that the kernel sends us, with --exit-with-parent, when the thread that started us
/// ends. Its process may go on, so Lifetime checks that our parent has changed before we end.
[[nodiscard]] int parent_death_signal();

/// Why a wait ended: a signal, or else the reason why the server is no longer needed.
struct ExitReason {
    std::optional<int> signal;
    bool from_terminal = false;  ///< by a key: every process in the foreground got the signal
    std::string_view reason;     ///< for the log; empty for signals that end nothing by themselves
};

/// Waits for the end of the server. Main's thread only.
class Lifetime {
public:
    using IdleSince = std::function<std::optional<std::chrono::steady_clock::time_point>()>;

    /// Starts to watch the parent and to count the time. Does not notice a parent that has ended
    /// before; --exit-on-eof, with a pipe to our stdin, has no such gap.
    explicit Lifetime(const LaunchOptions& options);

    /// Blocks until a signal comes or an option says to end. `idle_since` answers when the last
    /// client left, nullopt while there is one.
    [[nodiscard]] ExitReason wait(Signals& signals, const IdleSince& idle_since) const;

private:
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] std::optional<ExitReason> take(const signalfd_siginfo& signal) const;
    [[nodiscard]] Moment idle_end(const IdleSince& idle_since) const;

    const LaunchOptions options_;
    const pid_t parent_;
    const Moment end_;
};

/// What a stop may take beyond the drain timeout, for threads to end.
constexpr std::chrono::milliseconds time_to_end{700};

/// From now on the process has `time` to end by itself. When that has passed it says so on standard
/// error and ends with `status`, whatever its threads are at: no client has been promised what is
/// lost then. Needs neither memory nor a thread. At most once in a process.
void end_after(std::chrono::milliseconds time, int status);

}  // namespace kv
