#include "client/shell/shell.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/shell/letter_case.h"
#include "client/shell/terminal_text.h"
#include "common/quoting.h"

#include <fmt/format.h>

#include <iostream>

namespace kv::shell {

namespace {

/// Commands after which everything is gone.
bool removes_everything(const std::string& name)
{
    const std::string lower = lower_case(name);
    return lower == "flush_all" || lower == "flushall" || lower == "flushdb" || lower == "flush";
}

}  // namespace

Shell::Shell(const Options& options, Interrupts* interrupts)
    : options_(options),
      interrupts_(interrupts),
      output_(options.format),
      session_(options.uri, options.client, interrupts == nullptr ? -1 : interrupts->descriptor()),
      shows_wire_(options.wire)
{
    session_.show_wire(shows_wire_);
    if (options.format == Format::json) session_.prefer_resp3();
}

ExitCode Shell::complaining(const std::function<ExitCode()>& work)
{
    const ExitCode outcome = attempt(work);
    // An interrupt is not meant for what comes next; behind its ^C a new line begins.
    if (interrupts_ != nullptr && interrupts_->take() && is_interactive_) {
        std::cout << "\n" << std::flush;  // readline writes the prompt past this stream
    }
    return outcome;
}

ExitCode Shell::attempt(const std::function<ExitCode()>& work)
{
    const auto complain = [this](std::string_view what, ExitCode code) {
        output_.complain(what);
        return code;
    };
    try {
        return work();
    } catch (const UsageError& error) {
        return complain(error.what(), ExitCode::usage);
    } catch (const CannotConnect& error) {
        return complain(error.what(), ExitCode::cannot_connect);
    } catch (const NoReplyInTime& error) {
        return complain(error.what(), ExitCode::timeout);
    } catch (const ClientError& error) {
        return complain(error.what(), ExitCode::server_error);
    } catch (const client::Interrupted&) {
        return ExitCode::done;
    }
}

ExitCode Shell::run(const Command& command)
{
    return complaining([&] { return carry_out(command); });
}

ExitCode Shell::run_line(const std::string& line)
{
    return complaining([&] {
        const auto words = split_quoted(line);
        if (!words) throw UsageError("a quote is not closed, or something sticks to it");
        return words->empty() ? ExitCode::done : carry_out(*words);
    });
}

ExitCode Shell::carry_out(const Command& command)
{
    const bool is_own = command[0].starts_with('\\') || lower_case(command[0]) == "help" ||
                        (command.size() == 1 && (command[0] == "dump" || command[0] == "load"));
    if (is_own) return run_own(command);
    if (!is_confirmed(command)) return ExitCode::done;
    const auto start = std::chrono::steady_clock::now();
    const ExitCode outcome = session_.speaker().is_stream(command) ? listen(command) : ask(command);
    if (is_timing_) {
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - start;
        std::cerr << output_.paint().dim(fmt::format("({:.3f} ms)", took.count())) << "\n";
    }
    return outcome;
}

ExitCode Shell::ask(const Command& command)
{
    Speaker& server = session_.speaker();
    const resp::Value reply = server.ask(command);
    const ExitCode outcome = server.judge(command, reply);
    if (outcome != ExitCode::server_error) session_.note_success(command);
    output_.reply(reply);
    return outcome;
}

ExitCode Shell::listen(const Command& command)
{
    Speaker& server = session_.speaker();
    ExitCode worst = ExitCode::done;
    server.listen(command, client::Connection::for_ever, [&](const resp::Value& message) {
        const ExitCode outcome = server.judge(command, message);
        worst = worse(worst, outcome == ExitCode::miss ? ExitCode::done : outcome);
        output_.reply(message);
        return true;
    });
    return worst;
}

bool Shell::is_confirmed(const Command& command) const
{
    if (!is_interactive_ || options_.yes || !removes_everything(command[0])) return true;
    std::cout << fmt::format("This removes everything on {}. Go on? [y/N] ",
                             to_string(session_.uri()))
              << std::flush;
    std::string answer;
    const bool is_answered = static_cast<bool>(std::getline(std::cin, answer));
    std::cin.clear();  // Ctrl-C is an answer too
    return is_answered && (answer == "y" || answer == "yes");
}

ExitCode Shell::repeat(const Command& command, std::uint64_t times, std::chrono::milliseconds apart)
{
    ExitCode worst = ExitCode::done;
    for (std::uint64_t i = 0; times == 0 || i < times; ++i) {
        if (i > 0 && !pause(apart)) break;
        worst = worse(worst, carry_out(command));
    }
    return worst;
}

bool Shell::pause(std::chrono::milliseconds time)
{
    const int descriptor = interrupts_ == nullptr ? -1 : interrupts_->descriptor();
    // A descriptor of -1 never becomes ready: the wait is a plain one.
    return wait_for(descriptor, Event::readable, -1, std::chrono::steady_clock::now() + time) ==
           Wakeup::timed_out;
}

void wait_for_server(Shell& shell)
{
    using std::chrono::steady_clock;
    const auto deadline =
        steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                  std::chrono::duration<double>(*shell.options().wait_seconds));
    const Dialect dialect = shell.session().dialect();
    const Command probe{dialect == Dialect::memcached ? "version" : "PING"};
    for (;;) {
        try {
            const resp::Value answer = shell.session().speaker().ask(probe);
            // A Redis that is still reading its file answers, but not what it is asked.
            if (!answer.text.starts_with("LOADING")) return;
        } catch (const ClientError&) {
            if (steady_clock::now() >= deadline) throw;
        }
        if (steady_clock::now() >= deadline) {
            throw NoReplyInTime("the server is still loading");
        }
        // Nothing tells us when a port opens: asking again is all there is.
        if (!shell.pause(std::chrono::milliseconds(20))) throw client::Interrupted("interrupted");
    }
}

}  // namespace kv::shell
