// child.h: the command that `kvserver run` serves, as a process of its own.
#pragma once

#include "server/launch/lifetime.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace kv {

/// Made before any thread is, so that fork copies a process with one thread; the command itself
/// starts later, when the server's addresses are known. The kernel kills it if we end first.
class Child {
public:
    /// Forks. The new process restores the usual effect of `signals`, then waits for start().
    /// `command` ends with a null. Throws std::system_error.
    Child(char* const* command, Signals& signals);

    /// Kills it, if it has not ended, and waits for its end.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Lets it run, with these variables ("KV_URL=...") added to its environment.
    void start(const std::vector<std::string>& variables);

    void send(int signal) const;

    /// How it ended, as in shells: its status, 128 + the signal it died of, 126 or 127 when the
    /// command could not be run or found; nullopt: not yet. Does not block.
    [[nodiscard]] std::optional<int> exit_status();

private:
    pid_t pid_ = -1;
    int pipe_ = -1;  ///< what the child waits for
    std::optional<int> status_;
};

}  // namespace kv
