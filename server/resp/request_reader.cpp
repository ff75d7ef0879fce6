#include "server/resp/request_reader.h"

#include "common/foreign_protocol.h"
#include "common/quoting.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kv::resp {

namespace {

std::size_t first_line_limit(std::string_view start)
{
    if (begins_tls(start)) return 0;
    return start.starts_with('*') ? max_length_line_bytes : max_inline_bytes;
}

std::size_t length_line_limit(std::string_view)
{
    return max_length_line_bytes;
}

[[noreturn]] void fail(std::string_view what)
{
    throw ProtocolError(fmt::format("ERR Protocol error: {}", what));
}

std::optional<std::string_view> read_first_line(BufferedStream& stream)
{
    try {
        return stream.read_line(first_line_limit);
    } catch (const LineTooLong&) {
        if (begins_tls(stream.unread())) throw ForeignProtocol();
        fail(stream.unread().starts_with('*') ? "invalid multibulk length"
                                              : "too big inline request");
    }
}

std::string_view read_length_line(BufferedStream& stream)
{
    try {
        const auto line = stream.read_line(length_line_limit);
        if (!line) throw Truncated("the peer closed in the middle of a request");
        return *line;
    } catch (const LineTooLong&) {
        return stream.unread().substr(0, max_length_line_bytes);
    }
}

/// "*3": how many words follow; 0 for a request of none, which has no answer either.
std::int64_t count_of(std::string_view line)
{
    const auto count = parse_integer(line.substr(1));
    if (!count || *count < -1 || *count > max_arguments) fail("invalid multibulk length");
    return std::max<std::int64_t>(0, *count);
}

/// "$5": how many bytes the next word has.
std::size_t bytes_of(std::string_view line)
{
    if (!line.starts_with('$')) {
        fail(fmt::format("expected '$', got '{}'", line.substr(0, 1)));
    }
    const auto bytes = parse_integer(line.substr(1));
    if (!bytes || *bytes < 0 || *bytes > max_bulk_bytes) fail("invalid bulk length");
    return static_cast<std::size_t>(*bytes);
}

/// Under which argument's name the next word is to be stored; 0: it is not such a value.
std::size_t key_of_next(const Request& request)
{
    if (request.command == nullptr) return 0;
    return request.command->key_of_value(request.arguments.size());
}

/// How long the next word may be.
std::size_t most_bytes(const Request& request)
{
    const std::size_t most = request.state.max_item_bytes;
    return key_of_next(request) != 0 ? most : std::max(most, max_key_bytes);
}

void read_line_end(BufferedStream& stream)
{
    std::array<char, 2> end;
    stream.read_exactly(end);
    if (end != std::array{'\r', '\n'}) fail("expected CR LF behind a bulk string");
}

}  // namespace

bool RequestReader::read(BufferedStream& stream, Request& request)
{
    for (;;) {
        const auto line = read_first_line(stream);
        if (!line) return false;
        if (line->starts_with('*')) {
            read_array(stream, count_of(*line), request);
        } else {
            read_inline(*line, request);
        }
        if (request.arguments.size() > 0 || !request.refusal.empty()) return true;
    }
}

void RequestReader::read_array(BufferedStream& stream, std::int64_t count, Request& request)
{
    for (std::int64_t i = 0; i < count; ++i) {
        read_word(stream, bytes_of(read_length_line(stream)), request);
        read_line_end(stream);
        const bool is_name = i == 0 && request.refusal.empty();
        if (is_name) request.command = find_command(request.arguments[0]);
    }
}

void RequestReader::read_inline(std::string_view line, Request& request)
{
    if (is_foreign(line)) throw ForeignProtocol();
    const auto words = split_quoted(line);
    if (!words) fail("unbalanced quotes in request");
    if (!words->empty()) request.command = find_command(words->front());
    for (const std::string& word : *words) {
        if (word.size() > most_bytes(request)) request.refusal = too_long;
        request.arguments.add(word);
    }
}

/// A long word is taken in steps: memory is used as its bytes arrive, not as they are announced.
void RequestReader::read_word(BufferedStream& stream, std::size_t bytes, Request& request)
{
    if (!request.refusal.empty()) return stream.skip(bytes);
    if (bytes > most_bytes(request)) return skip_word(stream, bytes, request, too_long);
    if (read_into_draft(stream, bytes, request)) return;

    Arguments& words = request.arguments;
    if (words.bytes() + bytes > free_request_bytes) {
        // The word's own bytes and its bookkeeping.
        auto charge = memory_.reserve(bytes + 32);
        if (!charge) return skip_word(stream, bytes, request, out_of_memory);
        words.keep(std::move(*charge));
    }
    constexpr std::size_t step = std::size_t{64} << 10;
    stream.read_exactly(words.add_room(std::min(bytes, step)));
    for (std::size_t left = bytes - std::min(bytes, step); left > 0;) {
        const std::size_t next = std::min(left, step);
        stream.read_exactly(words.add_room(next, true));
        left -= next;
    }
}

/// true: the word was a value to be stored, and has been read (or refused).
bool RequestReader::read_into_draft(BufferedStream& stream, std::size_t bytes, Request& request)
{
    Arguments& words = request.arguments;
    const std::size_t key = key_of_next(request);
    if (key == 0 || words[key].empty() || words[key].size() > max_key_bytes) return false;
    auto draft = memory_.draft(words[key], bytes);
    if (!draft) {
        skip_word(stream, bytes, request, out_of_memory);
        return true;
    }
    stream.read_exactly(draft->room());
    words.add(std::move(*draft));
    return true;
}

/// Reads a word that is not kept. Nor are those behind it: the request will be refused.
void RequestReader::skip_word(BufferedStream& stream, std::size_t bytes, Request& request,
                              std::string_view why)
{
    stream.skip(bytes);
    request.refusal = why;
}

}  // namespace kv::resp
