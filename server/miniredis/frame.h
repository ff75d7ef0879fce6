// frame.h: the frames of RESP that miniredis:// has: a type byte, a line, perhaps bytes.
//
//   $5\r\nhello\r\n  string      +hello\r\n  the same, in a line     -oops\r\n  error
//   :42\r\n  integer             $-1\r\n  null
//   *2\r\n  an array of the two values that follow    %1\r\n  a dictionary, of one key and one
//   value
#pragma once

#include "common/buffered_stream.h"

#include <exception>
#include <optional>
#include <string_view>

namespace kv::miniredis {

/// The input is not a frame, or exceeds a limit: it is unknown where the next frame begins.
class Malformed : public std::exception {
public:
    /// `why` is in static storage: it outlives the exception, to be sent to the client.
    explicit Malformed(const char* why) : why_(why) {}
    [[nodiscard]] const char* what() const noexcept override { return why_; }

private:
    const char* why_;
};

struct Frame {
    enum class Type { text, error, integer, null, string, array, dictionary };
    Type type;
    std::string_view text = {};  ///< of a text, error or integer; valid until the next read
    std::size_t size = 0;        ///< bytes of a string; values of an array; pairs of a dictionary
};

/// The next frame; for a string only its size, since its bytes come next. nullopt: the peer has
/// closed. Throws Malformed, LineTooLong, and as the stream does.
[[nodiscard]] std::optional<Frame> read_frame(BufferedStream& stream);

/// The same where a frame must follow: throws Truncated when the peer has closed.
[[nodiscard]] Frame read_next_frame(BufferedStream& stream);

/// Reads the end of a string's bytes. Throws Malformed for anything else.
void read_line_end(BufferedStream& stream);

constexpr std::size_t max_elements = std::size_t{1} << 20;  ///< of an array or dictionary
constexpr std::size_t max_string_bytes = std::size_t{1} << 30;
constexpr std::size_t max_text_bytes = std::size_t{64} << 10;  ///< of a line that is itself a value

}  // namespace kv::miniredis
