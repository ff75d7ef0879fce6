// shell.h: runs commands: the server's over a session, the shell's own by itself.
#pragma once

#include "client/shell/line_reader.h"
#include "client/shell/options.h"
#include "client/shell/output.h"
#include "client/shell/session.h"

namespace kv::shell {

class Shell {
public:
    /// `interrupts`, unless null, lets Ctrl-C end a command instead of the process; outlives this.
    Shell(const Options& options, Interrupts* interrupts);

    /// Runs one command and shows its reply. Never throws for what a server or a user does: that is
    /// reported on standard error and by the exit code.
    ExitCode run(const Command& command);

    /// The same for a line as typed.
    ExitCode run_line(const std::string& line);

    /// Runs `command` `times` times (0: until interrupted), `apart` apart.
    ExitCode repeat(
        const Command& command, std::uint64_t times, std::chrono::milliseconds apart,
        const std::function<void()>& before_each = [] {});

    /// Does `work`, turning what it throws into a complaint and an exit code.
    ExitCode complaining(const std::function<ExitCode()>& work);

    [[nodiscard]] Session& session() { return session_; }
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] const Options& options() const { return options_; }

    /// Whether Ctrl-C ended the last command.
    [[nodiscard]] bool was_interrupted() const { return was_interrupted_; }

    /// Someone sits at the other end: ask before everything is removed.
    void set_interactive() { is_interactive_ = true; }

    /// Waits for `time`; false: interrupted meanwhile.
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

/// Tries until the server answers, for `options.wait_seconds` at most. Throws CannotConnect then,
/// or what was thrown last.
void wait_for_server(Shell& shell);

}  // namespace kv::shell
