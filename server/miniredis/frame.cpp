#include "server/miniredis/frame.h"

#include "common/words.h"
#include "server/command/integer.h"

#include <array>

namespace kv::miniredis {

namespace {

/// A line that states a count is short; a line that cannot start a frame is not waited for.
std::size_t line_limit(std::string_view start)
{
    if (start.empty()) return max_text_bytes;
    switch (start.front()) {
        case '+':
        case '-': return 1 + max_text_bytes;
        case ':': return 2 + max_decimal_digits;
        case '$':
        case '*':
        case '%': return 32;
        default: return 0;
    }
}

std::size_t parse_size(std::string_view text, std::size_t limit)
{
    const auto size = parse_number<std::size_t>(text);
    if (!size) throw Malformed("invalid length");
    if (*size > limit) throw Malformed("length too large");
    return *size;
}

Frame parse(char type, std::string_view rest)
{
    switch (type) {
        case '+': return {Frame::Type::text, rest};
        case '-': return {Frame::Type::error, rest};
        case ':': return {Frame::Type::integer, rest};
        case '$':
            if (rest == "-1") return {Frame::Type::null};
            return {Frame::Type::string, {}, parse_size(rest, max_string_bytes)};
        case '*':
            if (rest == "-1") return {Frame::Type::null};
            return {Frame::Type::array, {}, parse_size(rest, max_elements)};
        case '%': return {Frame::Type::dictionary, {}, parse_size(rest, max_elements / 2)};
        default: throw Malformed("unknown type");
    }
}

}  // namespace

std::optional<Frame> read_frame(BufferedStream& stream)
{
    const auto line = stream.read_line(line_limit);
    if (!line) return std::nullopt;
    if (line->empty()) throw Malformed("unknown type");
    // A carriage return inside a line could end it early for a client that reads it back.
    if (line->find('\r') != std::string_view::npos)
        throw Malformed("carriage return inside a line");
    return parse(line->front(), line->substr(1));
}

Frame read_next_frame(BufferedStream& stream)
{
    const auto frame = read_frame(stream);
    if (!frame) throw Truncated("the peer closed in the middle of a request");
    return *frame;
}

void read_line_end(BufferedStream& stream)
{
    std::array<char, 2> end;
    stream.read_exactly(end);
    if (end != std::array{'\r', '\n'}) throw Malformed("string longer than its length");
}

}  // namespace kv::miniredis
