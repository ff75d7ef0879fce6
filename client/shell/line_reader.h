// line_reader.h: lines from a terminal, with editing and a history when GNU readline is built in.
#pragma once

#include <optional>
#include <string>

namespace kv::shell {

/// One per process: readline's state is global. Used by one thread.
class LineReader {
public:
    /// Reads the history from `history_path` ("": there is none); a file that cannot be read is an
    /// empty history.
    explicit LineReader(std::string history_path);

    /// Shows `prompt` and reads a line. Blocks for as long as the user thinks. nullopt: end of
    /// input.
    [[nodiscard]] std::optional<std::string> read(const std::string& prompt);

    /// Keeps `line` for later, here and in the file, which only its owner can read.
    void remember(const std::string& line);

private:
    std::string history_path_;
};

/// $KVCLI_HISTORY, else ~/.kvcli_history, else "".
[[nodiscard]] std::string history_path();

}  // namespace kv::shell
