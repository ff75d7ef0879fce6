// output.h: formats replies as text or JSON, and writes them and error messages.
#pragma once

#include "client/shell/terminal.h"
#include "common/resp_value.h"

#include <optional>
#include <stdexcept>
#include <string>

namespace kv::shell {

/// The reply as one JSON document, on one line:
///   string of valid UTF-8     string
///   any other string          {"base64": "..."}, since JSON has no bytes
///   integer, big number       number, all digits kept
///   double                    number; inf and nan, which JSON lacks, as strings
///   null, boolean             null, true, false
///   array, set, push          array
///   map                       object; a key that is not UTF-8 has its other bytes as \xNN, a
///                             number among statistics is a number
///   error                     {"error": "..."}
[[nodiscard]] std::string to_json(const resp::Value& value);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

enum class Format {
    pretty,  ///< for people: strings quoted and escaped, elements numbered, as in redis-cli
    plain,   ///< for pipes: unquoted values, one per line; a map's name, a tab, its value
    raw,     ///< like plain, but a single value is its bytes, without even a line end
    json,    ///< one JSON document per line
    csv,     ///< one CSV record; for a map one per pair (RFC 4180, but lines end in LF)
};

/// The reply in `format`, with its line end. Empty for an empty simple string, which means "no
/// reply". Only pretty escapes for terminals and uses `colored`.
[[nodiscard]] std::string formatted(const resp::Value& reply, Format format, bool colored = false);

/// Standard output cannot be written, usually because its reader closed the pipe. Ends the program.
struct OutputLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Flushes standard output; throws OutputLost when that fails.
void check_output();

/// Whether standard output is a pipe whose reader has closed it, such as `| head`.
[[nodiscard]] bool reader_is_gone();

/// Writes replies to standard output, and error messages and error replies to standard error.
/// Output to a terminal is escaped, in every format.
class Output {
public:
    /// Without `format`: pretty on a terminal, plain elsewhere.
    explicit Output(std::optional<Format> format);

    /// Throws OutputLost.
    void reply(const resp::Value& reply) const;
    /// Writes our own text to standard output, through the pager if that is on and the text exceeds
    /// the screen. Throws OutputLost.
    void text(const std::string& text) const;
    /// Writes "kvcli: what" to standard error.
    void complain(std::string_view what) const;

    void set_format(std::optional<Format> format) { format_ = format; }
    [[nodiscard]] Format format() const;
    void set_paging(bool on) { is_paging_ = on; }
    /// A prompt comes after each reply: on a terminal it begins a row, also behind a raw value.
    void set_prompted() { is_prompted_ = true; }

    [[nodiscard]] bool is_terminal() const { return is_terminal_; }
    [[nodiscard]] const Paint& paint() const { return paint_; }

private:
    std::optional<Format> format_;
    bool is_terminal_;
    Paint paint_;
    bool is_paging_ = false;
    bool is_prompted_ = false;
};

}  // namespace kv::shell
