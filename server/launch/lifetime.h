// lifetime.h: when a server ends: told by a signal, or because nobody needs it any more.
#pragma once

#include "server/launch/options.h"
#include "server/launch/signals.h"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string_view>

namespace kv {

/// What the kernel sends us when the thread that started us ends, with --exit-with-parent. That may
/// be less than its process, so it is looked into before it ends us.
[[nodiscard]] int parent_death_signal();

/// What ended a wait: a signal, or else the reason why nobody needs us any more.
struct Occurrence {
    std::optional<int> signal;
    bool from_terminal = false;  ///< a key: every process in the foreground got the signal
    std::string_view reason;
};

/// Main's thread only.
class Lifetime {
public:
    using IdleSince = std::function<std::optional<std::chrono::steady_clock::time_point>()>;

    /// Starts to follow the parent and to count. A parent that had ended before is not noticed:
    /// whom that moment worries holds a pipe to our stdin, and --exit-on-eof misses nothing.
    explicit Lifetime(const LaunchOptions& options);

    /// Waits for a signal or for what the options name. `idle_since` answers when the last client
    /// left, nullopt while there is one.
    [[nodiscard]] Occurrence wait(Signals& signals, const IdleSince& idle_since) const;

private:
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] std::optional<Occurrence> take(const signalfd_siginfo& signal) const;
    [[nodiscard]] Moment idle_end(const IdleSince& idle_since) const;

    const LaunchOptions options_;
    const pid_t parent_;
    const Moment end_;
};

}  // namespace kv
