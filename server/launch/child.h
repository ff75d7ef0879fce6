// child.h: the command of `kvserver run`, in a child process.
#pragma once

#include "server/launch/lifetime.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace kv {

/// Constructed before any thread, so that fork copies a process with one thread; the command itself
/// starts later, when the server's addresses are known. The kernel kills it if we end first.
class Child {
public:
    /// Forks. The child restores the default action of `signals`, then waits for start(). `command`
    /// ends with a null. Throws std::system_error.
    Child(char* const* command, Signals& signals);

    /// Kills the child if it has not ended, and waits for it.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Runs the command, with these variables ("KV_URL=...") added to its environment.
    void start(const std::vector<std::string>& variables);

    void send(int signal) const;

    /// Its exit status as in shells: its own, 128 + the signal that killed it, 126 or 127 when the
    /// command could not be run or found; nullopt: still running. Does not block.
    [[nodiscard]] std::optional<int> exit_status();

private:
    pid_t pid_ = -1;
    int pipe_ = -1;  ///< what the child waits for
    std::optional<int> status_;
};

}  // namespace kv
