// signals.h: signals as something to wait for, in place of something that interrupts.
#pragma once

#include <sys/signalfd.h>

#include <csignal>
#include <initializer_list>

namespace kv {

/// Blocks signals in the thread that makes it and in every thread that one starts, so that they
/// arrive at next() and nowhere else. Made before any other thread.
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

    /// Lets them interrupt again: from now on a second SIGTERM ends the process at once.
    void release();

private:
    sigset_t signals_;
    sigset_t before_;
    int descriptor_;
};

}  // namespace kv
