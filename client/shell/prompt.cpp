#include "client/shell/prompt.h"

#include "client/shell/command_advice.h"
#include "client/shell/letter_case.h"
#include "client/shell/line_reader.h"
#include "common/quoting.h"
#include "common/words.h"

#include <algorithm>
#include <iostream>

namespace kv::shell {

namespace {

std::string prompt_of(const Session& session)
{
    std::string prompt = to_string(session.uri());
    if (session.database() != "0") prompt += "[" + session.database() + "]";
    if (!session.is_connected()) prompt += " (not connected)";
    if (session.in_transaction()) prompt += " (in MULTI)";
    return prompt + "> ";
}

/// Words that carry a password stay out of the history.
bool is_secret(std::string_view line)
{
    Command words;
    if (auto parsed = split_quoted(line)) {
        words = std::move(*parsed);
    } else {
        for (auto word = take_word(line); !word.empty(); word = take_word(line))
            words.emplace_back(word);
    }
    constexpr std::string_view marks[] = {"auth", "auth2", "requirepass", "masterauth", "setuser"};
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(std::begin(marks), std::end(marks), lower_case(word)) != std::end(marks);
    });
}

/// As one line: a value typed over several has its line breaks as \n.
std::string as_one_line(const std::string& line)
{
    if (line.find('\n') == std::string::npos) return line;
    std::string text;
    for (const std::string& word : split_quoted(line).value_or(Command{})) {
        text += (text.empty() ? "" : " ") + quoted_if_needed(word);
    }
    return text;
}

/// A line, and those after it while a quote is open. nullopt: end of input.
std::optional<std::string> read_command(LineReader& lines, const Session& session)
{
    auto line = lines.read(prompt_of(session));
    while (line && !lines.was_cancelled() && ends_in_quote(*line)) {
        const auto more = lines.read("... ");
        if (!more || lines.was_cancelled()) return "";
        *line += "\n" + *more;
    }
    return line;
}

bool is_goodbye(const Command& words)
{
    if (words.size() != 1) return false;
    const std::string word = lower_case(words[0]);
    return word == "quit" || word == "exit" || word == "\\quit" || word == "\\q";
}

}  // namespace

ExitCode converse(Shell& shell, Interrupts& interrupts)
{
    shell.set_interactive();
    shell.output().set_paging(true);
    CommandAdvice advice(shell.session());
    LineReader lines(history_path(), advice, interrupts);
    (void)shell.complaining([&] { return (void)shell.session().speaker(), ExitCode::done; });
    while (const auto line = read_command(lines, shell.session())) {
        const auto words = split_quoted(*line);
        if (words && words->empty()) continue;
        if (words && is_goodbye(*words)) return ExitCode::done;
        // As in bash: a line that begins with a blank is not remembered.
        if (!line->starts_with(' ') && !is_secret(*line)) {
            lines.remember(as_one_line(*line));
        }
        (void)shell.run_line(*line);
    }
    std::cout << "\n";
    return ExitCode::done;
}

ExitCode run_script(Shell& shell)
{
    ExitCode worst = ExitCode::done;
    for (std::string line; std::getline(std::cin, line);) {
        for (std::string more; ends_in_quote(line) && std::getline(std::cin, more);) {
            line += "\n" + more;
        }
        if (line.starts_with('#')) continue;
        const auto words = split_quoted(line);
        if (words && is_goodbye(*words)) break;
        worst = worse(worst, shell.run_line(line));
    }
    return worst;
}

}  // namespace kv::shell
