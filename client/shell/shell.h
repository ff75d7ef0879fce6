// shell.h: commands in, replies out, over a connection that is made when it is needed.
#pragma once

#include "client/shell/options.h"
#include "client/shell/speaker.h"

#include <memory>

namespace kv::shell {

class Shell {
public:
    explicit Shell(Options options);
    ~Shell();

    /// Carries out one command and prints its reply to standard output, what went wrong to standard
    /// error. Never throws for what a server or a user does.
    ExitCode run(const Command& command);

    /// Reads commands from standard input to its end: with a prompt from a terminal. The worst
    /// exit code of them all; from a terminal, done.
    ExitCode run_input();

private:
    ExitCode ask_and_print(const Command& command);
    [[nodiscard]] Speaker& speaker();
    ExitCode run_line(const std::string& line);

    Options options_;
    std::unique_ptr<Speaker> speaker_;  ///< null until the first command
};

}  // namespace kv::shell
