#include "client/shell/shell.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/shell/items.h"
#include "client/shell/manual.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace kv::shell {

namespace {

/// Commands that remove everything.
bool removes_everything(const std::string& name)
{
    const std::string lower = in_small_letters(name);
    return lower == "flush_all" || lower == "flushall" || lower == "flushdb" || lower == "flush";
}

}  // namespace

Shell::Shell(const Options& options, Interrupts* interrupts)
    : options_(options),
      interrupts_(interrupts),
      output_(options.format),
      session_(options.server, options.client,
               interrupts == nullptr ? -1 : interrupts->descriptor()),
      shows_wire_(options.wire)
{
    session_.show_wire(shows_wire_);
    if (options.format == Format::json) session_.prefer_resp3();
}

ExitCode Shell::complaining(const std::function<ExitCode()>& work)
{
    const ExitCode outcome = attempt(work);
    // Forget the interrupt before the next command; start a new line after its ^C.
    was_interrupted_ = interrupts_ != nullptr && interrupts_->take();
    if (was_interrupted_ && is_interactive_) {
        std::cout << "\n" << std::flush;  // readline writes its prompt without this stream
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
        if (!words) throw UsageError("a quote is not closed, or not followed by a blank");
        return words->empty() ? ExitCode::done : carry_out(*words);
    });
}

/// Redis has its own DUMP, which takes a key.
bool Shell::is_own(const Command& command) const
{
    const std::string name = in_small_letters(command[0]);
    return name.starts_with('\\') || name == "help" || name == "?" || name == "load" ||
           (command.size() == 1 && command[0] == "dump") || (is_interactive_ && name == "clear");
}

ExitCode Shell::carry_out(const Command& command)
{
    if (is_own(command)) return run_own(command);
    // As in redis-cli: "3 ping".
    if (is_interactive_ && command.size() > 1 && parse_number<std::uint64_t>(command[0])) {
        Command repeated{"\\repeat"};
        repeated.insert(repeated.end(), command.begin(), command.end());
        return run_own(repeated);
    }
    if (!is_confirmed(command)) return ExitCode::done;
    const auto start = std::chrono::steady_clock::now();
    const bool is_stream = session_.speaker().is_stream(command);
    const ExitCode outcome = is_stream ? listen(command) : ask(command);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    // A slow command shows its time even without \timing.
    if (is_timing_ || (is_interactive_ && !is_stream && took >= std::chrono::milliseconds(500))) {
        std::cerr << output_.paint().dim(fmt::format("({:.3f} ms)", took.count())) << "\n";
    }
    return outcome;
}

ExitCode Shell::ask(const Command& command)
{
    Speaker& server = session_.speaker();
    const resp::Value reply = server.ask(command);
    const ExitCode outcome = server.judge(command, reply);
    session_.note(command, reply);
    output_.reply(reply);
    return outcome;
}

ExitCode Shell::listen(const Command& command)
{
    Speaker& server = session_.speaker();
    ExitCode worst = ExitCode::done;
    if (is_interactive_) std::cerr << output_.paint().dim("(until Ctrl-C)") << "\n";
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
    std::cout << fmt::format("This removes everything on {}. Continue? [y/N] ",
                             to_string(session_.uri()))
              << std::flush;
    std::string answer;
    const bool is_answered = static_cast<bool>(std::getline(std::cin, answer));
    std::cin.clear();  // after Ctrl-C
    return is_answered && (answer == "y" || answer == "yes");
}

ExitCode Shell::repeat(const Command& command, std::uint64_t times, std::chrono::milliseconds apart,
                       const std::function<void()>& before_each)
{
    ExitCode worst = ExitCode::done;
    for (std::uint64_t i = 0; times == 0 || i < times; ++i) {
        if (i > 0 && !pause(apart)) break;
        before_each();
        worst = worse(worst, carry_out(command));
    }
    return worst;
}

bool Shell::pause(std::chrono::milliseconds time)
{
    const int descriptor = interrupts_ == nullptr ? -1 : interrupts_->descriptor();
    // A descriptor of -1 never becomes ready, so this only waits.
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
            // A Redis that is still loading its file answers LOADING to most commands.
            if (!answer.text.starts_with("LOADING")) return;
        } catch (const ServerError& error) {
            // So SELECT, among our first commands, must wait too.
            const bool is_loading =
                std::string_view(error.what()).find("LOADING") != std::string_view::npos;
            if (!is_loading) throw;
        } catch (const ClientError&) {
            if (steady_clock::now() >= deadline) throw;
        }
        if (steady_clock::now() >= deadline) {
            throw NoReplyInTime("the server is still loading");
        }
        // There is no notification of an open port, so poll.
        if (!shell.pause(std::chrono::milliseconds(20))) throw client::Interrupted("interrupted");
    }
}

namespace {

/// Parses seconds: digits and at most one point, unlike strtod. nullopt: not a number of seconds.
std::optional<std::chrono::milliseconds> milliseconds_in(const std::string& seconds)
{
    const std::size_t point = std::min(seconds.find('.'), seconds.size());
    const auto whole = parse_number<std::uint32_t>(seconds.substr(0, point));
    std::string fraction = seconds.substr(std::min(point + 1, seconds.size()));
    fraction.resize(3, '0');
    const auto thousandths = parse_number<std::uint32_t>(fraction);
    if (!whole || !thousandths) return std::nullopt;
    return std::chrono::seconds(*whole) + std::chrono::milliseconds(*thousandths);
}

ExitCode say_whether(std::string_view what, bool is_on)
{
    std::cerr << what << (is_on ? " is on\n" : " is off\n");
    return ExitCode::done;
}

/// The size of a file; 0 for a pipe.
std::uint64_t size_of_input()
{
    struct stat status = {};
    if (::fstat(STDIN_FILENO, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

Command rest_from(const Command& command, std::size_t first)
{
    return {command.begin() + static_cast<std::ptrdiff_t>(first), command.end()};
}

}  // namespace

ExitCode Shell::run_own(const Command& command)
{
    struct Row {
        std::string_view name;
        ExitCode (Shell::*run)(const Command&);
    };
    static constexpr Row rows[] = {
        {"help", &Shell::help},
        {"?", &Shell::help},
        {"clear", &Shell::clear_screen},
        {"dump", &Shell::dump_all},
        {"load", &Shell::load_all},
        {"\\edit", &Shell::edit_value},
        {"\\format", &Shell::set_format},
        {"\\connect", &Shell::connect_to},
        {"\\timing", &Shell::turn_timing},
        {"\\wire", &Shell::turn_wire},
        {"\\pager", &Shell::turn_paging},
        {"\\repeat", &Shell::repeat_typed},
        {"\\watch", &Shell::watch},
    };
    const std::string name = in_small_letters(command[0]);
    const auto* row = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const Row& each) { return each.name == name; });
    if (row == std::end(rows)) {
        throw UsageError(fmt::format("no such command: '{}'; try help", harmless_line(name)));
    }
    const CommandInfo* info = find_command(shell_commands(), name == "?" ? "help" : name);
    const Arity arity = arity_of(info->arguments);
    if (command.size() - 1 < arity.least || command.size() - 1 > arity.most) {
        throw UsageError(fmt::format("usage: {}", with_arguments(*info)));
    }
    return (this->*row->run)(command);
}

ExitCode Shell::help(const Command& command)
{
    std::string name;
    for (const std::string& word : rest_from(command, 1)) name += (name.empty() ? "" : " ") + word;
    output_.text(help_text(session_.dialect(), name, screen_size().columns));
    return ExitCode::done;
}

ExitCode Shell::clear_screen(const Command&)
{
    if (has_escapes(STDOUT_FILENO)) std::cout << "\x1b[H\x1b[2J" << std::flush;
    return ExitCode::done;
}

ExitCode Shell::dump_all(const Command&)
{
    return dump(session_, std::cout);
}

ExitCode Shell::load_all(const Command& command)
{
    if (command.size() > 1) {
        std::ifstream file(command[1], std::ios::binary);
        const bool is_folder = std::filesystem::is_directory(command[1]);
        if (!file || is_folder) {
            throw UsageError(fmt::format("cannot read {}: {}", harmless_line(command[1]),
                                         std::strerror(is_folder ? EISDIR : errno)));
        }
        std::error_code unknown;  // a pipe has no size
        const auto size = std::filesystem::file_size(command[1], unknown);
        return load(session_, file, unknown ? 0 : size);
    }
    if (::isatty(STDIN_FILENO) == 1) std::cerr << "enter lines of a dump, then Ctrl-D:\n";
    const ExitCode outcome = load(session_, std::cin, size_of_input());
    if (is_interactive_) std::cin.clear();  // the end of the dump does not end the shell
    return outcome;
}

ExitCode Shell::edit_value(const Command& command)
{
    return edit(session_, command[1]);
}

ExitCode Shell::turn_timing(const Command&)
{
    is_timing_ = !is_timing_;
    return say_whether("timing", is_timing_);
}

ExitCode Shell::turn_wire(const Command&)
{
    shows_wire_ = !shows_wire_;
    session_.show_wire(shows_wire_);
    (void)session_.speaker();
    return say_whether("wire", shows_wire_);
}

ExitCode Shell::turn_paging(const Command&)
{
    is_paging_ = !is_paging_;
    output_.set_paging(is_paging_);
    return say_whether("pager", is_paging_);
}

ExitCode Shell::set_format(const Command& command)
{
    constexpr std::pair<std::string_view, Format> formats[] = {{"pretty", Format::pretty},
                                                               {"plain", Format::plain},
                                                               {"raw", Format::raw},
                                                               {"json", Format::json},
                                                               {"csv", Format::csv}};
    for (const auto& [name, format] : formats) {
        if (command[1] != name) continue;
        output_.set_format(format);
        return ExitCode::done;
    }
    throw UsageError("the format must be pretty, plain, raw, json or csv");
}

ExitCode Shell::connect_to(const Command& command)
{
    try {
        session_.turn_to(address_from(command[1]));
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
    (void)session_.speaker();
    return ExitCode::done;
}

ExitCode Shell::repeat_typed(const Command& command)
{
    const auto times = parse_number<std::uint64_t>(command[1]);
    if (!times || *times == 0) throw UsageError("\\repeat needs a number of times");
    return repeat(rest_from(command, 2), *times, std::chrono::milliseconds(0));
}

/// \watch [SECONDS] command.
ExitCode Shell::watch(const Command& command)
{
    const auto given = milliseconds_in(command[1]);
    if (given && command.size() == 2) throw UsageError("\\watch needs a command");
    const auto apart = given.value_or(std::chrono::seconds(2));
    return repeat(rest_from(command, given ? 2 : 1), 0, apart, [&] {
        if (!output_.is_terminal()) return;
        const std::time_t now = std::time(nullptr);
        std::tm parts{};
        ::localtime_r(&now, &parts);
        const std::string time =
            fmt::format("{:02}:{:02}:{:02}, every {} s", parts.tm_hour, parts.tm_min, parts.tm_sec,
                        static_cast<double>(apart.count()) / 1000);
        std::cout << output_.paint().dim(time) << "\n";
    });
}

}  // namespace kv::shell
