// line_reader.h: lines from a terminal: editing, history, completion, hints and colour; and Ctrl-C.
//
// GNU readline does the editing, so that ~/.inputrc, vi and Emacs keys and Ctrl-R work as people
// have them; what readline lacks, hints and colour while typing, is drawn over its line after each
// redisplay. Built without readline it is a prompt and a line, nothing more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::shell {

/// Ctrl-C as a descriptor that a wait for the server can watch. While one of these lives, SIGINT
/// does not end the process but makes descriptor() readable. One at a time: what a signal does is a
/// matter of the whole process.
class Interrupts {
public:
    /// Throws std::system_error when no pipe can be had.
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

/// What the editor asks while a line is being typed.
class LineAdvice {
public:
    virtual ~LineAdvice() = default;

    /// What may follow `line`, shown after the cursor.
    [[nodiscard]] virtual std::string hint(std::string_view line) = 0;
    /// `line` in colours: the same characters with SGR sequences between them.
    [[nodiscard]] virtual std::string painted(std::string_view line) = 0;
    /// What the unfinished `word`, which follows `before`, can become. `quote` is the quotation
    /// mark that opens it, which is in neither, or 0.
    [[nodiscard]] virtual std::vector<std::string> completions(std::string_view before,
                                                               std::string_view word,
                                                               char quote) = 0;
};

/// One per process: readline's state is global. Used by one thread.
class LineReader {
public:
    /// Reads the history from `history_path` ("": there is none); a file that cannot be read is an
    /// empty history. All three outlive the reader.
    LineReader(std::string history_path, LineAdvice& advice, Interrupts& interrupts);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// Shows `prompt` and reads a line; one that was pasted may have line breaks in it. Blocks for
    /// as long as the user thinks. nullopt: end of input.
    [[nodiscard]] std::optional<std::string> read(const std::string& prompt);

    /// Whether the last read() ended with Ctrl-C rather than Enter.
    [[nodiscard]] bool was_cancelled() const;

    /// Keeps `line` for later, here and in the file, which only its owner can read.
    void remember(const std::string& line);

private:
    std::string history_path_;
};

/// $KVCLI_HISTORY, else ~/.kvcli_history, else "".
[[nodiscard]] std::string history_path();

}  // namespace kv::shell
