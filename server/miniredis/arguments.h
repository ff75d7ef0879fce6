// arguments.h: the words of one request, taken one by one as they arrive.
#pragma once

#include "server/command/nested_writer.h"
#include "server/miniredis/frame.h"

#include <optional>
#include <string>
#include <string_view>

namespace kv::miniredis {

/// An argument has arrived whole but cannot be used.
class BadArgument : public std::exception {
public:
    /// `why` is in static storage, as for Malformed.
    explicit BadArgument(const char* why) : why_(why) {}
    [[nodiscard]] const char* what() const noexcept override { return why_; }

private:
    const char* why_;
};

/// Each take_ reads a whole argument even when it cannot use it: after a BadArgument the next one
/// can be taken. All throw Malformed or TooDeep when the end cannot be found, and as the stream
/// does. REQUIRES for each: left() > 0.
class Arguments {
public:
    /// The next `count` values in the stream.
    Arguments(BufferedStream& stream, std::size_t count) : stream_(stream), left_(count) {}

    /// The words between the blanks of `line`, which outlives this.
    Arguments(BufferedStream& stream, std::string_view line);

    [[nodiscard]] std::size_t left() const { return left_; }

    /// A command's name; empty when it is too long to be one. Throws BadArgument when it is not a
    /// string.
    [[nodiscard]] std::string take_name();

    /// A string, or an integer as its decimal text. Throws BadArgument when it is not a key.
    [[nodiscard]] std::string take_key();

    /// A value of any type, of at most `max_bytes`, to be stored under `key`. Throws BadArgument
    /// when it cannot be kept.
    [[nodiscard]] Draft take_value(DraftSource& drafts, std::string_view key,
                                   std::size_t max_bytes);

    /// Reads and drops the remaining arguments.
    void skip_rest();

private:
    [[nodiscard]] Frame next();
    [[nodiscard]] Draft take_bytes(const Frame& frame, DraftSource& drafts, std::string_view key,
                                   std::size_t max_bytes);

    BufferedStream& stream_;
    std::string_view words_;
    bool in_line_ = false;
    std::size_t left_ = 0;
};

/// The bytes of a text or string; empty when there are more than `max_bytes`.
[[nodiscard]] std::string read_string(BufferedStream& stream, const Frame& frame,
                                      std::size_t max_bytes);

/// Reads and drops the rest of the value that `frame` begins.
void skip_value(BufferedStream& stream, const Frame& frame);

}  // namespace kv::miniredis
