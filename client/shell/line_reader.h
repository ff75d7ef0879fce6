// line_reader.h: lines from a terminal: editing, history, completion, hints and colour; and Ctrl-C.
//
// GNU readline does the editing, so that ~/.inputrc, vi and Emacs keys and Ctrl-R work as usual;
// readline has no hints or colours while typing, so these are drawn over its line after each
// redisplay. Built without readline it only reads lines after a prompt.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::shell {

/// Turns Ctrl-C into a descriptor that waits for the server can watch. During its lifetime SIGINT
/// does not end the process but makes descriptor() readable. One at a time, since a signal's action
/// is process-wide.
class Interrupts {
public:
    /// Throws std::system_error when it cannot create a pipe.
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// For kv::connect() and wait_for().
    [[nodiscard]] int descriptor() const { return read_end_; }

    /// Whether Ctrl-C was pressed since the last call.
    [[nodiscard]] bool take();

private:
    int read_end_ = -1;
    int write_end_ = -1;
};

/// Called by the editor while a line is being typed.
class LineAdvice {
public:
    virtual ~LineAdvice() = default;

    /// A hint for what may follow `line`, shown after the cursor.
    [[nodiscard]] virtual std::string hint(std::string_view line) = 0;
    /// `line` in colours: the same characters with SGR sequences between them.
    [[nodiscard]] virtual std::string painted(std::string_view line) = 0;
    /// The completions of the unfinished `word`, which follows `before`. `quote` is the quotation
    /// mark between the two, or 0.
    [[nodiscard]] virtual std::vector<std::string> completions(std::string_view before,
                                                               std::string_view word,
                                                               char quote) = 0;
};

/// One per process: readline's state is global. Used by one thread.
class LineReader {
public:
    /// Reads the history from `history_path` ("": none); an unreadable file is an empty history.
    /// All three outlive the reader.
    LineReader(std::string history_path, LineAdvice& advice, Interrupts& interrupts);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// Shows `prompt` and reads a line; a pasted one may contain line breaks. Blocks until the user
    /// presses Enter. nullopt: end of input.
    [[nodiscard]] std::optional<std::string> read(const std::string& prompt);

    /// Whether the last read() ended with Ctrl-C rather than Enter.
    [[nodiscard]] bool was_cancelled() const;

    /// Adds `line` to the history and its file, which only its owner can read.
    void remember(const std::string& line);

private:
    std::string history_path_;
};

/// $KVCLI_HISTORY, else ~/.kvcli_history, else "".
[[nodiscard]] std::string history_path();

}  // namespace kv::shell
