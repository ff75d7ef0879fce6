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

/// Signals to wait for, instead of interruptions. Blocks them in the constructing thread and in
/// every thread started from it, so that only next() receives them. Constructed before any other
/// thread.
class Signals {
public:
    explicit Signals(std::initializer_list<int> numbers);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// Readable when a signal is pending; for wait_for().
    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// Waits for the next signal; blocks.
    [[nodiscard]] signalfd_siginfo next();

    /// Unblocks them: from now on a second SIGTERM ends the process immediately.
    void release();

private:
    sigset_t signals_;
    sigset_t before_;
    int descriptor_;
};

/// The signal that the kernel sends us, with --exit-with-parent, when the thread that started us
/// ends. Its process may live on, so Lifetime checks that our parent has changed.
[[nodiscard]] int parent_death_signal();

/// Why a wait ended: a signal, or a reason to stop.
struct ExitReason {
    std::optional<int> signal;
    bool from_terminal =
        false;  ///< by a key such as Ctrl-C: the whole foreground process group got the signal
    std::string_view reason;  ///< for the log; empty for a signal that is no reason to stop
};

/// Waits for the end of the server. Main's thread only.
class Lifetime {
public:
    using IdleSince = std::function<std::optional<std::chrono::steady_clock::time_point>()>;

    /// Starts to watch the parent and the time. Does not notice a parent that ended earlier;
    /// --exit-on-eof, with a pipe to our stdin, has no such gap.
    explicit Lifetime(const LaunchOptions& options);

    /// Blocks until a signal comes or an option says to stop. `idle_since` returns when the last
    /// client left, nullopt while a client is connected.
    [[nodiscard]] ExitReason wait(Signals& signals, const IdleSince& idle_since) const;

private:
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] std::optional<ExitReason> take(const signalfd_siginfo& signal) const;
    [[nodiscard]] Moment idle_end(const IdleSince& idle_since) const;

    const LaunchOptions options_;
    const pid_t parent_;
    const Moment end_;
};

/// Time beyond the drain timeout for threads to end.
constexpr std::chrono::milliseconds time_to_end{700};

/// Gives the process `time` to end by itself. After that it prints a message on standard error and
/// exits with `status`, whatever its threads are doing: no acknowledged work is lost. Needs neither
/// memory nor a thread. Call it at most once.
void end_after(std::chrono::milliseconds time, int status);

}  // namespace kv
