// interrupts.h: Ctrl-C as a descriptor that a wait for the server can watch.
#pragma once

namespace kv::shell {

/// While one of these lives, SIGINT no longer ends the process but makes descriptor() readable. One
/// at a time: what a signal does is a matter of the whole process.
class Interrupts {
public:
    /// Throws std::system_error when no pipe can be had.
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// For kv::client::connect() and wait_for().
    [[nodiscard]] int descriptor() const { return read_end_; }

    /// Whether Ctrl-C was pressed since the last call.
    [[nodiscard]] bool take();

private:
    int read_end_ = -1;
    int write_end_ = -1;
};

}  // namespace kv::shell
