// output.h: replies as text and as JSON, and where they and complaints go.
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
///   map                       object; a key that is no UTF-8 has its other bytes as \xNN, a
///                             number among statistics is a number
///   error                     {"error": "..."}
[[nodiscard]] std::string to_json(const resp::Value& value);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

enum class Format {
    pretty,  ///< for people: strings quoted and escaped, elements numbered, as redis-cli shows them
    plain,   ///< for pipes: values as they are, one to a line; a map's name, a tab, its value
    raw,     ///< as plain, but a single value is its bytes and nothing else, not even a line end
    json,    ///< one JSON document on a line
    csv,     ///< one CSV record; of a map one for each pair (RFC 4180, but lines end in LF)
};

/// The reply as `format` shows it, with the line end that belongs to it. Empty for an empty simple
/// string, which stands for "there was no reply". Only pretty takes care of terminals and
/// `colored`.
[[nodiscard]] std::string formatted(const resp::Value& reply, Format format, bool colored = false);

/// Standard output cannot be written, usually because its reader has closed the pipe. The program
/// ends.
struct OutputLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws OutputLost when what went to standard output did not arrive.
void check_output();

/// Whether the reader of standard output, a pipe, has gone: `| head` has seen enough.
[[nodiscard]] bool reader_is_gone();

/// Replies go to standard output, complaints and an error the server answered to standard error.
/// What goes to a terminal is made harmless first, in every format.
class Output {
public:
    /// Without `format` a terminal gets pretty, anything else plain.
    explicit Output(std::optional<Format> format);

    /// Throws OutputLost.
    void reply(const resp::Value& reply) const;
    /// Text of our own, on standard output; on a terminal it goes through the pager when it takes
    /// more rows than the screen has and paging is on. Throws OutputLost.
    void text(const std::string& text) const;
    /// "kvcli: what", on standard error.
    void complain(std::string_view what) const;

    void set_format(std::optional<Format> format) { format_ = format; }
    [[nodiscard]] Format format() const;
    void set_paging(bool on) { is_paging_ = on; }

    [[nodiscard]] bool is_terminal() const { return is_terminal_; }
    [[nodiscard]] const Paint& paint() const { return paint_; }

private:
    std::optional<Format> format_;
    bool is_terminal_;
    Paint paint_;
    bool is_paging_ = false;
};

}  // namespace kv::shell
