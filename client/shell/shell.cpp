#include "client/shell/shell.h"

#include "client/errors.h"
#include "client/link.h"
#include "client/shell/line_reader.h"
#include "client/shell/memcached_speaker.h"
#include "common/quoting.h"

#include <fmt/format.h>

#include <unistd.h>

#include <iostream>

namespace kv::shell {

Shell::Shell(Options options) : options_(std::move(options)) {}

Shell::~Shell() = default;

Speaker& Shell::speaker()
{
    if (!speaker_ || !speaker_->is_open()) {
        auto link = connect(options_.uri, options_.client.connect_timeout);
        speaker_ = std::make_unique<MemcachedSpeaker>(
            std::make_unique<Connection>(std::move(link), options_.client));
    }
    return *speaker_;
}

ExitCode Shell::ask_and_print(const Command& command)
{
    Speaker& server = speaker();
    const resp::Value reply = server.ask(command);
    const ExitCode outcome = server.judge(command, reply);
    const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
    const Format format = options_.format.value_or(is_terminal ? Format::pretty : Format::plain);
    const std::string text = formatted(reply, format);
    (outcome == ExitCode::server_error ? std::cerr : std::cout) << text << std::flush;
    return outcome;
}

ExitCode Shell::run(const Command& command)
{
    const auto complain = [](const char* what, ExitCode code) {
        std::cerr << "kvcli: " << what << "\n";
        return code;
    };
    try {
        return ask_and_print(command);
    } catch (const UsageError& error) {
        return complain(error.what(), ExitCode::usage);
    } catch (const CannotConnect& error) {
        return complain(error.what(), ExitCode::cannot_connect);
    } catch (const NoReplyInTime& error) {
        return complain(error.what(), ExitCode::timeout);
    } catch (const ClientError& error) {
        return complain(error.what(), ExitCode::server_error);
    }
}

ExitCode Shell::run_line(const std::string& line)
{
    const auto words = split_quoted(line);
    if (!words) {
        std::cerr << "kvcli: a quote is not closed, or something sticks to it\n";
        return ExitCode::usage;
    }
    return words->empty() ? ExitCode::done : run(*words);
}

ExitCode Shell::run_input()
{
    ExitCode worst = ExitCode::done;
    if (::isatty(STDIN_FILENO) != 1) {
        for (std::string line; std::getline(std::cin, line);) worst = worse(worst, run_line(line));
        return worst;
    }
    LineReader lines(history_path());
    while (const auto line = lines.read(to_string(options_.uri) + "> ")) {
        if (*line == "quit" || *line == "exit") break;
        lines.remember(*line);
        run_line(*line);
    }
    return ExitCode::done;
}

}  // namespace kv::shell
