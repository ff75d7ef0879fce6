// The LineReader with GNU readline.
#include "client/shell/line_reader.h"

#include "client/shell/output.h"
#include "client/shell/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>  // readline's header uses FILE without including it
#include <cstdlib>
#include <cstring>

#include <readline/history.h>
#include <readline/readline.h>

namespace kv::shell {

namespace {

constexpr int most_history_lines = 1000;

/// State of the present reader; global, because readline calls plain functions.
struct Editor {
    LineAdvice* advice = nullptr;
    Interrupts* interrupts = nullptr;
    bool paints = false;
    bool has_hint = false;  ///< a hint is on the screen, after the cursor
    bool hides_hints = false;
    bool cancelled = false;
    bool newline_is_due = false;  ///< Ctrl-C has ended a search; next it gives up the line
    std::size_t prompt_columns = 0;
    std::vector<std::string> matches;
};
Editor editor;  // NOLINT: one terminal, one line

void put(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), rl_outstream);
}

/// Readline does not know the hint, so it is erased before readline draws.
void erase_hint()
{
    if (editor.has_hint) put("\x1b[K");
    editor.has_hint = false;
}

/// Redraws the line in colours, in place, when it fits on one row: then the cursor moves back by as
/// many columns as there are characters.
void draw_colors(std::string_view line)
{
    const auto point = static_cast<std::size_t>(rl_point);
    const std::size_t before = columns_of(line.substr(0, point));
    const std::size_t after = columns_of(line) - before;
    const std::string painted = editor.advice->painted(line);
    if (before > 0) put("\x1b[" + std::to_string(before) + "D");
    put(painted);
    if (after > 0) put("\x1b[" + std::to_string(after) + "D");
}

void draw_hint(std::string_view line, std::size_t room)
{
    if (editor.hides_hints || static_cast<std::size_t>(rl_point) != line.size()) return;
    const std::string hint = editor.advice->hint(line).substr(0, room);  // hints are ASCII
    if (hint.empty()) return;
    put(Paint(editor.paints).dim(hint) + "\x1b[" + std::to_string(hint.size()) + "D");
    editor.has_hint = true;
}

void redisplay()
{
    erase_hint();
    ::rl_redisplay();
    if (!editor.paints || RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_DONE)) return;
    const std::string_view line(rl_line_buffer, static_cast<std::size_t>(rl_end));
    const std::size_t used = editor.prompt_columns + columns_of(line);
    const std::size_t width = screen_size().columns;
    // Readline shows unprintable characters in its own way, as ^A: leave such a line to it.
    const bool prints = harmless(line) == line && line.find_first_of("\t\n") == std::string::npos;
    if (used + 1 >= width || !prints) return;
    draw_colors(line);
    draw_hint(line, width - used - 1);
    std::fflush(rl_outstream);
}

int accept_line(int count, int key)
{
    erase_hint();
    std::fflush(rl_outstream);
    return ::rl_newline(count, key);
}

/// Ctrl-C gives up a search, or else the line.
int cancel_line()
{
    erase_hint();
    editor.cancelled = true;
    if (RL_ISSTATE(RL_STATE_ISEARCH)) {
        editor.newline_is_due = true;
        return CTRL('G');
    }
    ::rl_replace_line("", 0);
    ::rl_point = 0;
    return '\n';
}

/// While a line is edited, Ctrl-C is an ordinary key. As a signal it would discard type-ahead, and
/// could come between the wait for a key and its read, which would then wait for another key.
/// Readline restores the terminal after each line.
void prepare_terminal(int keeps_eighth_bit)
{
    ::rl_prep_terminal(keeps_eighth_bit);
    termios modes{};
    if (::tcgetattr(::fileno(rl_instream), &modes) != 0) return;  // not a terminal
    modes.c_cc[VINTR] = _POSIX_VDISABLE;
    ::tcsetattr(::fileno(rl_instream), TCSADRAIN, &modes);
}

/// After a new size of the window readline draws the line again. Only if it draws it with its own
/// function does it go back to the row's beginning first.
void take_signals()
{
    rl_redisplay_function = ::rl_redisplay;
    ::rl_check_signals();
    rl_redisplay_function = redisplay;
    redisplay();
}

/// Waits for a key, and for an interrupt sent by another process.
int read_key(std::FILE* stream)
{
    if (editor.newline_is_due) {
        editor.newline_is_due = false;
        ::rl_replace_line("", 0);
        return '\n';
    }
    std::array<pollfd, 2> watched{
        {{::fileno(stream), POLLIN, 0}, {editor.interrupts->descriptor(), POLLIN, 0}}};
    for (;;) {
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno != EINTR) return EOF;
            // A window resize, a stop, an interrupt: readline echoes and moves the cursor.
            erase_hint();
            editor.hides_hints = true;
            take_signals();
            editor.hides_hints = false;
        } else if (editor.interrupts->take()) {
            return cancel_line();
        } else if (watched[0].revents != 0) {
            const int key = ::rl_getc(stream);
            if (key != CTRL('C')) return key;
            put("^C");
            return cancel_line();
        }
    }
}

char* next_match(const char*, int state)
{
    const auto index = static_cast<std::size_t>(state);
    // Readline passes 0 first, then other numbers; it frees the results.
    static std::size_t next = 0;
    next = index == 0 ? 0 : next + 1;
    return next < editor.matches.size() ? ::strdup(editor.matches[next].c_str()) : nullptr;
}

char** complete(const char* word, int start, int)
{
    rl_attempted_completion_over = 1;  // never fall back to file names
    const std::string_view line(rl_line_buffer, static_cast<std::size_t>(rl_end));
    const auto quote = static_cast<char>(rl_completion_quote_character);
    const std::size_t before = static_cast<std::size_t>(start) - (quote != 0 && start > 0 ? 1 : 0);
    editor.matches = editor.advice->completions(line.substr(0, before), word, quote);
    return ::rl_completion_matches(word, next_match);
}

void bind_keys()
{
    for (Keymap map : {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap}) {
        ::rl_bind_key_in_map('\r', accept_line, map);
        ::rl_bind_key_in_map('\n', accept_line, map);
    }
}

/// Readline creates its file with the user's umask, but the history is private.
void make_private(const std::string& path)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    [[maybe_unused]] const int changed = ::fchmod(file, 0600);  // for an existing file
    ::close(file);
}

/// These two bytes tell readline that the colour codes between them take no columns.
std::string marked_prompt(const std::string& prompt)
{
    if (!editor.paints) return prompt;
    return "\001\x1b[1m\002" + prompt + "\001\x1b[0m\002";
}

}  // namespace

LineReader::LineReader(std::string path, LineAdvice& advice, Interrupts& interrupts)
    : history_path_(std::move(path))
{
    editor = {};
    editor.advice = &advice;
    editor.interrupts = &interrupts;
    editor.paints = wants_color(STDOUT_FILENO);
    rl_readline_name = "kvcli";  // for "$if kvcli" in ~/.inputrc
    ::rl_initialize();
    bind_keys();
    rl_prep_term_function = prepare_terminal;
    rl_getc_function = read_key;
    rl_redisplay_function = redisplay;
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = " \t";
    rl_completer_quote_characters = "\"'";
    ::using_history();
    ::stifle_history(most_history_lines);
    if (!history_path_.empty()) ::read_history(history_path_.c_str());
}

LineReader::~LineReader()
{
    editor = {};
}

std::optional<std::string> LineReader::read(const std::string& prompt)
{
    editor.cancelled = false;
    editor.prompt_columns = columns_of(prompt);
    char* typed = ::readline(marked_prompt(prompt).c_str());
    if (typed == nullptr) return std::nullopt;
    std::string line = typed;
    std::free(typed);  // NOLINT: readline allocates with malloc
    if (editor.cancelled) line.clear();
    return line;
}

bool LineReader::was_cancelled() const
{
    return editor.cancelled;
}

void LineReader::remember(const std::string& line)
{
    const HIST_ENTRY* last = ::history_get(::history_base + ::history_length - 1);
    if (last != nullptr && line == last->line) return;
    ::add_history(line.c_str());
    if (history_path_.empty()) return;
    make_private(history_path_);
    if (::append_history(1, history_path_.c_str()) == 0) {
        ::history_truncate_file(history_path_.c_str(), most_history_lines);
    }
}

}  // namespace kv::shell
