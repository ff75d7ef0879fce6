// resp_reader.h: the Redis protocol's framing, versions 2 and 3, read from a stream.
//
//   "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"   is   array of [bulk "GET", bulk "k"]
//
// Servers use it for requests, clients for replies. The peer is not trusted: depth, number of
// elements, string and line sizes are bounded, and checked before memory is allocated or a level
// entered. Source: the RESP3 specification,
// https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md.
//
// Not supported: streamed strings and aggregates ("$?", "*?"), which no server in use sends.
#pragma once

#include "common/buffered_stream.h"
#include "common/resp_value.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kv::resp {

struct Limits {
    std::size_t max_depth = 32;                           ///< arrays in arrays
    std::uint64_t max_elements = std::uint64_t{1} << 20;  ///< of one value, on all levels together
    std::uint64_t max_bulk_bytes = std::uint64_t{512} << 20;  ///< of one string
    std::uint64_t max_total_bytes = std::uint64_t{1} << 30;   ///< of all strings of one value
    BufferedStream::LineLimit line_limit = nullptr;           ///< null: 64 KiB, as in Redis
};

/// The bytes are not RESP, or exceed a limit: it is unknown where the next value begins, so the
/// connection is unusable. what() says what was read and what was expected.
struct BadFrame : std::runtime_error {
    BadFrame(std::string_view read, std::string_view expected, std::size_t bytes);

    std::string read;      ///< the first 64 of the offending bytes, unescaped
    std::string expected;  ///< in words
    std::size_t bytes;     ///< size of the offending piece, including its line end
};

/// The line that begins a value: "$5", "*2", ":17", "+OK" ...
struct Header {
    Type type = Type::null;
    /// Bytes of a string; elements of an array, set or push; pairs of a map or attribute; others
    /// have none.
    std::uint64_t count = 0;
    /// The text after the type byte, checked for its type. Valid until the next read.
    std::string_view text;
};

/// The next value's first line. nullopt: the peer closed before it. Throws BadFrame, Truncated for
/// an incomplete line, LineTooLong, and as the stream does. Checks only the limit of the line.
[[nodiscard]] std::optional<Header> read_header(BufferedStream& stream, const Limits& limits);

/// The bytes of a string whose header announced `size`, and the CR LF after them.
[[nodiscard]] std::string read_bulk(BufferedStream& stream, std::uint64_t size,
                                    const Limits& limits);

/// A whole value; attributes before it or inside it are read and dropped. Throws as read_header,
/// and Truncated when the peer closes inside it.
[[nodiscard]] std::optional<Value> read_value(BufferedStream& stream, const Limits& limits);

}  // namespace kv::resp
