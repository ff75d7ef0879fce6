#include "client/shell/prompt.h"

#include "client/errors.h"
#include "client/shell/key_lister.h"
#include "client/shell/line_reader.h"
#include "client/shell/manual.h"
#include "client/shell/terminal.h"
#include "common/letter_case.h"
#include "common/quoting.h"
#include "common/words.h"

#include <algorithm>
#include <iostream>
#include <iterator>

namespace kv::shell {

namespace {

/// What the characters of a glob pattern mean is taken away by a backslash.
std::string glob_escaped(std::string_view text)
{
    std::string pattern;
    for (const char c : text) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern;
}

/// "\repeat 3 get k": the command itself begins after such a prefix.
std::size_t prefix_words(const Command& words)
{
    return !words.empty() && (words[0] == "\\repeat" || words[0] == "\\watch")
               ? std::min<std::size_t>(2, words.size())
               : 0;
}

/// The words already finished in what stands before the cursor.
Command finished_words(std::string_view line)
{
    return split_quoted(line).value_or(Command{});
}

/// `name` in the case of letters in which `typed` was begun.
std::string in_case_of(std::string_view name, std::string_view typed)
{
    const bool is_lower = !typed.empty() && typed[0] >= 'a' && typed[0] <= 'z';
    return is_lower ? in_small_letters(name) : std::string(name);
}

bool starts_with_any_case(std::string_view text, std::string_view start)
{
    return in_small_letters(text.substr(0, start.size())) == in_small_letters(start);
}

/// What stands in quotes is a value, up to the end of the line while its quote is open.
std::string painted_values(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t open = std::min(text.find_first_of("\"'"), text.size());
        result += text.substr(0, open);
        text.remove_prefix(open);
        if (text.empty()) break;
        std::size_t close = 1;
        while (close < text.size() && text[close] != text[0]) close += text[close] == '\\' ? 2 : 1;
        const std::string_view value = text.substr(0, close + 1);
        result += Paint(true).value(value);
        text.remove_prefix(value.size());
    }
    return result;
}

}  // namespace

std::string CommandAdvice::hint(std::string_view line)
{
    if (line.empty() || ends_in_quote(line)) return {};
    Command words = finished_words(line);
    const bool word_is_open = line.back() != ' ';
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(prefix_words(words)));
    if (words.empty()) return {};
    const CommandInfo* info = command_info(session_.dialect(), words[0]);
    if (info == nullptr) return {};
    const std::string rest(rest_of(info->arguments, words.size() - 1));
    if (rest.empty()) return {};
    return word_is_open ? " " + rest : rest;
}

std::string CommandAdvice::painted(std::string_view line)
{
    const Paint paint(true);
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find(' ', start), line.size());
    const std::string_view name = line.substr(start, end - start);
    if (name.empty()) return std::string(line);
    const bool is_known = command_info(session_.dialect(), name) != nullptr;
    const bool is_finished = end < line.size();
    std::string text(line.substr(0, start));
    text += is_known ? paint.command(name) : is_finished ? paint.error(name) : std::string(name);
    return text + painted_values(line.substr(end));
}

std::vector<std::string> CommandAdvice::completions(std::string_view before, std::string_view word)
{
    Command words = finished_words(before);
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(prefix_words(words)));
    std::vector<std::string> found;
    const auto offer = [&](std::string_view name) {
        if (starts_with_any_case(name, word)) found.push_back(in_case_of(name, word));
    };
    const bool names_a_command = words.empty() || (words.size() == 1 && words[0] == "help");
    if (names_a_command) {
        for (const CommandInfo& info : shell_commands()) offer(info.name);
        for (const CommandInfo& info : commands_of(session_.dialect())) offer(info.name);
        return found;
    }
    const CommandInfo* info = command_info(session_.dialect(), words[0]);
    if (info == nullptr) return found;
    if (is_key_argument(info->arguments, words.size() - 1)) {
        for (const std::string& key : keys_starting_with(std::string(word))) {
            const std::string typed = quoted_if_needed(key);
            if (typed.starts_with(word)) found.push_back(typed);
        }
    }
    for (const std::string_view option : option_words(info->arguments)) offer(option);
    return found;
}

/// Asked for on a connection of its own, which knows nothing of MULTI or MONITOR on the other, and
/// kept for a moment, since Tab is often pressed twice.
const std::vector<std::string>& CommandAdvice::keys_starting_with(const std::string& prefix)
{
    using std::chrono::steady_clock;
    const auto now = steady_clock::now();
    if (now < cached_until_ && prefix == cached_prefix_) return cached_keys_;
    cached_keys_.clear();
    cached_prefix_ = prefix;
    try {
        ClientOptions patience = session_.options();
        patience.connect_timeout = patience.reply_timeout = std::chrono::milliseconds(500);
        const auto speaker = session_.another(patience);
        list_keys(session_.dialect(), *speaker, {glob_escaped(prefix) + "*", "", most_keys},
                  [&](KeyInfo&& info) {
                      cached_keys_.push_back(std::move(info.key));
                      return true;
                  });
    } catch (const std::exception&) {
        // A missing completion is no reason to disturb the user.
    }
    std::sort(cached_keys_.begin(), cached_keys_.end());
    cached_keys_.erase(std::unique(cached_keys_.begin(), cached_keys_.end()), cached_keys_.end());
    cached_until_ = steady_clock::now() + std::chrono::seconds(3);
    return cached_keys_;
}

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
        return std::find(std::begin(marks), std::end(marks), in_small_letters(word)) !=
               std::end(marks);
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
    const std::string word = in_small_letters(words[0]);
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
