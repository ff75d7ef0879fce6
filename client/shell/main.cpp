// kvcli: an interactive shell and a command for scripts, for key-value servers.
#include "client/shell/modes.h"
#include "client/shell/options.h"
#include "client/shell/prompt.h"
#include "client/shell/shell.h"

#include <unistd.h>

#include <clocale>
#include <csignal>
#include <exception>
#include <iostream>
#include <iterator>

namespace {

using namespace kv::shell;

ExitCode run_command(Shell& shell, const Options& options)
{
    Command command = options.command;
    if (options.value_from_stdin) {
        command.emplace_back(std::istreambuf_iterator<char>(std::cin),
                             std::istreambuf_iterator<char>());
        if (std::cin.bad()) throw UsageError("cannot read standard input");
    }
    if (!options.repeat && !options.interval_seconds) return shell.run(command);
    const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(options.interval_seconds.value_or(0)));
    return shell.complaining(
        [&] { return shell.repeat(command, options.repeat.value_or(0), apart); });
}

ExitCode run_mode(Shell& shell, Mode mode)
{
    switch (mode) {
        case Mode::scan: return scan(shell);
        case Mode::bigkeys: return big_keys(shell);
        case Mode::monitor: return monitor(shell);
        case Mode::stat: return stat(shell);
        case Mode::latency: return latency(shell);
        case Mode::commands: break;
    }
    return ExitCode::done;
}

ExitCode run(const Options& options)
{
    const bool is_prompt =
        options.mode == Mode::commands && options.command.empty() && ::isatty(STDIN_FILENO) == 1;
    // Ctrl-C ends a single command like any program; modes that run on, or report at their end,
    // handle it.
    std::optional<Interrupts> interrupts;
    if (is_prompt || options.mode == Mode::stat || options.mode == Mode::latency)
        interrupts.emplace();
    Shell shell(options, interrupts ? &*interrupts : nullptr);
    if (options.wait_seconds) {
        const ExitCode waited =
            shell.complaining([&] { return wait_for_server(shell), ExitCode::done; });
        if (waited != ExitCode::done) return waited;
    }
    if (options.mode != Mode::commands) {
        return shell.complaining([&] { return run_mode(shell, options.mode); });
    }
    if (!options.command.empty()) return run_command(shell, options);
    return is_prompt ? converse(shell, *interrupts) : run_script(shell);
}

/// Output that was not written is an error (a full disk); a reader that closes its pipe early is
/// not.
ExitCode run_and_flush(const std::optional<Options>& options)
{
    try {
        const ExitCode code = options ? run(*options) : ExitCode::done;
        std::cout << std::flush;
        check_output();
        return code;
    } catch (const OutputLost& error) {
        if (reader_is_gone()) return ExitCode::done;
        std::cerr << "kvcli: " << error.what() << "\n";
        return ExitCode::usage;
    }
}

}  // namespace

int main(int count, char** words)
{
    std::setlocale(LC_CTYPE, "");   // which bytes are printable
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection fails instead of ending us
    std::ios::sync_with_stdio(false);
    try {
        const auto options = read_options({words + 1, words + count}, std::cout);
        return static_cast<int>(run_and_flush(options));
    } catch (const UsageError& error) {
        std::cerr << "kvcli: " << error.what() << "\ntry: kvcli --help\n";
    } catch (const std::exception& error) {
        std::cerr << "kvcli: " << error.what() << "\n";
    }
    return static_cast<int>(ExitCode::usage);
}
