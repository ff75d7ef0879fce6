// prompt.h: the interactive prompt, and commands from a pipe.
#pragma once

#include "client/shell/line_reader.h"
#include "client/shell/session.h"
#include "client/shell/shell.h"

#include <chrono>

namespace kv::shell {

/// Hints, colours and completions while a command is being typed.
class CommandAdvice final : public LineAdvice {
public:
    /// `session` outlives this.
    explicit CommandAdvice(const Session& session) : session_(session) {}

    std::string hint(std::string_view line) override;
    std::string painted(std::string_view line) override;
    std::vector<std::string> completions(std::string_view before, std::string_view word,
                                         char quote) override;

    /// How many keys a completion scans: a page, never a whole database.
    static constexpr std::size_t most_keys = 1000;

private:
    [[nodiscard]] std::vector<std::string> command_names(std::string_view word) const;
    [[nodiscard]] std::vector<std::string> keys_as_typed(std::string_view word, char quote);
    [[nodiscard]] const std::vector<std::string>& keys_starting_with(const std::string& prefix);

    const Session& session_;
    std::string cached_prefix_;
    std::vector<std::string> cached_keys_;
    std::chrono::steady_clock::time_point cached_until_;
};

/// Reads commands with a prompt until Ctrl-D or `quit`. Always returns ExitCode::done, since the
/// user has seen the errors.
ExitCode converse(Shell& shell, Interrupts& interrupts);

/// The commands in `text`, which may be pasted: one per line, or per several lines joined by an
/// open quote. Empty lines and lines that start with # are skipped. The last may end inside a
/// quote.
[[nodiscard]] std::vector<std::string> commands_in(std::string_view text);

/// Reads commands from standard input, one per line, to the end; returns the worst exit code.
ExitCode run_script(Shell& shell);

}  // namespace kv::shell
