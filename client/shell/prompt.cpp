#include "client/shell/prompt.h"

#include "client/errors.h"
#include "client/shell/key_lister.h"
#include "client/shell/line_reader.h"
#include "client/shell/manual.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/words.h"

#include <algorithm>
#include <iostream>
#include <iterator>

namespace kv::shell {

namespace {

/// Escapes the special characters of a glob pattern.
std::string glob_escaped(std::string_view text)
{
    std::string pattern;
    for (const char c : text) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern;
}

/// Skips a prefix such as "\repeat 3" before the command itself.
std::size_t prefix_words(const Command& words)
{
    if (words.empty() || (words[0] != "\\repeat" && words[0] != "\\watch")) return 0;
    const bool has_number =
        words.size() > 1 && words[1].find_first_not_of("0123456789.") == std::string::npos;
    return words[0] == "\\repeat" || has_number ? std::min<std::size_t>(2, words.size()) : 1;
}

/// The finished words before the cursor, from the command on.
Command finished_words(std::string_view line)
{
    Command words = split_quoted(line).value_or(Command{});
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(prefix_words(words)));
    return words;
}

/// A command being typed: its row, and how many of its words are arguments.
struct Typed {
    const CommandInfo* info = nullptr;
    std::size_t arguments = 0;
};

/// Prefers a command of two words, such as "CLIENT LIST".
Typed typed_command(Dialect dialect, const Command& words)
{
    if (words.size() > 1) {
        const CommandInfo* info = command_info(dialect, words[0] + " " + words[1]);
        if (info != nullptr) return {info, words.size() - 2};
    }
    return {words.empty() ? nullptr : command_info(dialect, words[0]), words.size() - 1};
}

/// The subcommands of `name`: "GET", "SET" after "CONFIG".
std::vector<std::string_view> subcommands(Dialect dialect, std::string_view name)
{
    std::vector<std::string_view> found;
    for (const CommandInfo& info : commands_of(dialect)) {
        const std::size_t blank = info.name.find(' ');
        if (blank == std::string_view::npos) continue;
        if (in_small_letters(info.name.substr(0, blank)) == in_small_letters(name)) {
            found.push_back(info.name.substr(blank + 1));
        }
    }
    return found;
}

/// Argument number `index` of the grammar, including brackets; "" past its end.
std::string_view argument_at(std::string_view grammar, std::size_t index)
{
    std::string_view word = take_word(grammar);
    while (index-- > 0 && !word.empty()) word = take_word(grammar);
    return word;
}

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) words.push_back(word);
    return words;
}

/// `name` in the letter case of `typed`.
std::string in_case_of(std::string_view name, std::string_view typed)
{
    const bool is_lower = !typed.empty() && typed[0] >= 'a' && typed[0] <= 'z';
    return is_lower ? in_small_letters(name) : std::string(name);
}

bool starts_with_any_case(std::string_view text, std::string_view start)
{
    return in_small_letters(text.substr(0, start.size())) == in_small_letters(start);
}

/// Colours a quoted value, up to the end of the line while its quote is open.
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

/// The literal words possible as argument number `index`: one of "LEFT|RIGHT", or an option, which
/// may come anywhere after the required arguments.
std::vector<std::string_view> literals_at(const CommandInfo& info, std::size_t index)
{
    std::vector<std::string_view> found;
    std::string_view choices = argument_at(info.arguments, index);
    for (bool has_choice = choices.find('|') != std::string_view::npos; has_choice;) {
        const std::size_t bar = std::min(choices.find('|'), choices.size());
        const std::string_view choice = choices.substr(0, bar);
        // Words in capitals are literal, and so are all words of the shell's own commands.
        const bool is_literal = info.name[0] == '\\' || in_capitals(choice) == choice;
        if (is_literal) found.push_back(choice);
        has_choice = bar < choices.size();
        choices.remove_prefix(std::min(bar + 1, choices.size()));
    }
    for (std::size_t i = 0; i <= index; ++i) {
        const std::string_view argument = argument_at(info.arguments, i);
        if (!argument.empty() && !argument.starts_with('[')) continue;
        const auto options = option_words(info.arguments);
        found.insert(found.end(), options.begin(), options.end());
        break;
    }
    return found;
}

}  // namespace

std::string CommandAdvice::hint(std::string_view line)
{
    if (line.empty() || ends_in_quote(line)) return {};
    const bool word_is_open = line.back() != ' ';
    const Typed typed = typed_command(session_.dialect(), finished_words(line));
    if (typed.info == nullptr) return {};
    const std::string rest(rest_of(typed.info->arguments, typed.arguments));
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

std::vector<std::string> CommandAdvice::completions(std::string_view before, std::string_view word,
                                                    char quote)
{
    const Command words = finished_words(before);
    const bool names_a_command = words.empty() || (words.size() == 1 && words[0] == "help");
    if (names_a_command) return command_names(word);
    const Typed typed = typed_command(session_.dialect(), words);
    if (typed.info == nullptr) return {};
    const std::string_view grammar = typed.info->arguments;
    if (is_key_argument(grammar, typed.arguments)) return keys_as_typed(word, quote);
    std::vector<std::string_view> names =
        typed.info->name == "SCAN" && in_small_letters(words.back()) == "type"
            ? words_of(value_types)
            : literals_at(*typed.info, typed.arguments);
    if (words.size() == 1) {
        const auto more = subcommands(session_.dialect(), words[0]);
        names.insert(names.end(), more.begin(), more.end());
    }
    std::vector<std::string> found;
    for (const std::string_view name : names) {
        if (starts_with_any_case(name, word)) found.push_back(in_case_of(name, word));
    }
    return found;
}

/// First words alone: beside "CONFIG GET" readline would not take CONFIG for a whole word.
std::vector<std::string> CommandAdvice::command_names(std::string_view word) const
{
    std::vector<std::string> found;
    for (const auto table : {shell_commands(), commands_of(session_.dialect())}) {
        for (const CommandInfo& info : table) {
            if (info.name.find(' ') != std::string_view::npos) continue;
            if (starts_with_any_case(info.name, word)) found.push_back(in_case_of(info.name, word));
        }
    }
    return found;
}

/// Keys that begin with `word`, as they must be typed: quoted if necessary, but without quotes
/// after an open quote.
std::vector<std::string> CommandAdvice::keys_as_typed(std::string_view word, char quote)
{
    std::string prefix(word);
    if (quote != 0) {
        const auto read = split_quoted(quote + prefix + quote);
        if (!read) return {};
        prefix = read->empty() ? std::string() : read->front();
    }
    std::vector<std::string> found;
    for (const std::string& key : keys_starting_with(prefix)) {
        const std::string quoted = printable_quoted(key);
        if (quote == 0) {
            found.push_back(typed_form(key));
        } else if (quote == '"') {
            found.push_back(quoted.substr(1, quoted.size() - 2));
        } else if (harmless_line(key) == key && key.find_first_of("'\\") == std::string::npos) {
            found.push_back(key);  // in single quotes nothing else can be escaped
        }
    }
    return found;
}

/// Uses its own connection, unaffected by MULTI or MONITOR on the other, and caches the result for
/// a moment, since Tab is often pressed twice.
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
        // A missing completion is not worth a message.
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
    if (session.database() != "0") prompt += "[" + harmless_line(session.database()) + "]";
    if (!session.is_connected()) prompt += " (not connected)";
    if (session.in_transaction()) prompt += " (in MULTI)";
    return prompt + "> ";
}

/// Lines with a password stay out of the history.
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
        const bool is_address_with_login =
            word.find("://") != std::string::npos && word.find('@') != std::string::npos;
        return is_address_with_login || std::find(std::begin(marks), std::end(marks),
                                                  in_small_letters(word)) != std::end(marks);
    });
}

/// As one line: line breaks in a value become \n.
std::string as_one_line(const std::string& line)
{
    if (line.find('\n') == std::string::npos) return line;
    std::string text;
    for (const std::string& word : split_quoted(line).value_or(Command{})) {
        text += (text.empty() ? "" : " ") + quoted_if_needed(word);
    }
    return text;
}

/// Reads a line (several when pasted), and more while a quote is open. nullopt: end of input.
std::optional<std::vector<std::string>> read_commands(LineReader& lines, const Session& session)
{
    const auto line = lines.read(prompt_of(session));
    if (!line) return std::nullopt;
    std::string text = *line;
    std::vector<std::string> commands = commands_in(text);
    while (!commands.empty() && ends_in_quote(commands.back())) {
        const auto more = lines.read("... ");
        if (!more || lines.was_cancelled()) return std::vector<std::string>{};
        text += "\n" + *more;
        commands = commands_in(text);
    }
    return commands;
}

bool is_goodbye(const Command& words)
{
    if (words.size() != 1) return false;
    const std::string word = in_small_letters(words[0]);
    return word == "quit" || word == "exit" || word == "\\quit" || word == "\\q";
}

}  // namespace

std::vector<std::string> commands_in(std::string_view text)
{
    std::vector<std::string> commands;
    bool is_open = false;  // the last line ends inside a quote
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t start = line.find_first_not_of(" \t\r");
        if (is_open) {
            commands.back().append("\n").append(line);
        } else if (start == std::string_view::npos || line[start] == '#') {
            continue;
        } else {
            commands.emplace_back(line);
        }
        is_open = ends_in_quote(commands.back());
    }
    return commands;
}

ExitCode converse(Shell& shell, Interrupts& interrupts)
{
    shell.set_interactive();
    shell.output().set_paging(true);
    shell.output().set_prompted();
    CommandAdvice advice(shell.session());
    LineReader lines(history_path(), advice, interrupts);
    (void)shell.complaining([&] { return (void)shell.session().speaker(), ExitCode::done; });
    while (const auto commands = read_commands(lines, shell.session())) {
        for (const std::string& line : *commands) {
            const auto words = split_quoted(line);
            if (words && is_goodbye(*words)) return ExitCode::done;
            // As in bash, a line that begins with a blank is not remembered.
            if (!line.starts_with(' ') && !is_secret(line)) lines.remember(as_one_line(line));
            // For pasted text, show the command that an answer belongs to.
            if (commands->size() > 1)
                std::cout << prompt_of(shell.session()) << harmless(line) << std::endl;
            (void)shell.run_line(line);
            if (shell.was_interrupted()) break;
        }
    }
    std::cout << "\n";
    return ExitCode::done;
}

ExitCode run_script(Shell& shell)
{
    ExitCode worst = ExitCode::done;
    for (std::string line; std::getline(std::cin, line);) {
        if (line.starts_with('#')) continue;
        for (std::string more; ends_in_quote(line) && std::getline(std::cin, more);) {
            line += "\n" + more;
        }
        const auto words = split_quoted(line);
        if (words && is_goodbye(*words)) break;
        worst = worse(worst, shell.run_line(line));
    }
    return worst;
}

}  // namespace kv::shell
