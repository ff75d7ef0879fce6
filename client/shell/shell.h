// shell.h: runs commands: the server's through a session, and the shell's own.
#pragma once

#include "client/shell/line_reader.h"
#include "client/shell/options.h"
#include "client/shell/output.h"
#include "client/shell/session.h"

namespace kv::shell {

class Shell {
public:
    /// `interrupts`, unless null, makes Ctrl-C end a command instead of the process; it outlives
    /// this.
    Shell(const Options& options, Interrupts* interrupts);

    /// Runs one command and shows its reply. Errors of the server or user do not throw: they are
    /// reported on standard error and by the exit code.
    ExitCode run(const Command& command);

    /// The same for a line as typed.
    ExitCode run_line(const std::string& line);

    /// Runs `command` `times` times (0: until interrupted) at intervals of `apart`.
    ExitCode repeat(
        const Command& command, std::uint64_t times, std::chrono::milliseconds apart,
        const std::function<void()>& before_each = [] {});

    /// Runs `work`, and turns its exceptions into an error message and an exit code.
    ExitCode complaining(const std::function<ExitCode()>& work);

    [[nodiscard]] Session& session() { return session_; }
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] const Options& options() const { return options_; }

    /// Whether Ctrl-C ended the last command.
    [[nodiscard]] bool was_interrupted() const { return was_interrupted_; }

    /// Interactive mode: asks before everything is removed.
    void set_interactive() { is_interactive_ = true; }

    /// Waits for `time`; false: interrupted.
    [[nodiscard]] bool pause(std::chrono::milliseconds time);

private:
    ExitCode attempt(const std::function<ExitCode()>& work);
    ExitCode carry_out(const Command& command);
    ExitCode ask(const Command& command);
    ExitCode listen(const Command& command);
    [[nodiscard]] bool is_own(const Command& command) const;
    ExitCode run_own(const Command& command);
    ExitCode help(const Command& command);
    ExitCode clear_screen(const Command& command);
    ExitCode dump_all(const Command& command);
    ExitCode load_all(const Command& command);
    ExitCode edit_value(const Command& command);
    ExitCode set_format(const Command& command);
    ExitCode connect_to(const Command& command);
    ExitCode repeat_typed(const Command& command);
    ExitCode watch(const Command& command);
    ExitCode turn_timing(const Command& command);
    ExitCode turn_wire(const Command& command);
    ExitCode turn_paging(const Command& command);
    [[nodiscard]] bool is_confirmed(const Command& command) const;

    Options options_;
    Interrupts* interrupts_;
    Output output_;
    Session session_;
    bool is_interactive_ = false;
    bool was_interrupted_ = false;
    bool is_timing_ = false;
    bool is_paging_ = true;
    bool shows_wire_ = false;
};

/// Tries until the server answers, for at most `options.wait_seconds`. Then throws CannotConnect,
/// or the last exception.
void wait_for_server(Shell& shell);

}  // namespace kv::shell
