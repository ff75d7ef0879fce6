#include "server/resp/request_reader.h"

#include "common/quoting.h"
#include "common/words.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

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
std::size_t count_of(std::string_view line)
{
    const auto count = parse_integer(line.substr(1));
    if (!count || *count < -1 || *count > max_arguments) fail("invalid multibulk length");
    return static_cast<std::size_t>(std::max<std::int64_t>(0, *count));
}

/// "$5": how many bytes the next word has. A value may have as many as --max-item-size says.
std::size_t bytes_of(std::string_view line, const State& state)
{
    const auto most = std::max(max_bulk_bytes, static_cast<std::int64_t>(state.max_item_bytes));
    if (!line.starts_with('$')) {
        fail(fmt::format("expected '$', got '{}'", line.substr(0, 1)));
    }
    const auto bytes = parse_integer(line.substr(1));
    if (!bytes || *bytes < 0 || *bytes > most) fail("invalid bulk length");
    return static_cast<std::size_t>(*bytes);
}

/// Under which argument's name the next word is to be stored; 0: it is not such a value.
std::size_t key_of_next(const Request& request)
{
    if (request.command == nullptr) return 0;
    return request.command->key_of_value(request.own->size());
}

/// How long the next word may be.
std::size_t most_word_bytes(const Request& request)
{
    const std::size_t most = request.state.max_item_bytes;
    return key_of_next(request) != 0 ? most : std::max(most, max_key_bytes);
}

/// The first word names the command, and with it how those behind it are read.
void note_name(Request& request)
{
    if (request.own->size() == 1) request.command = find_command((*request.own)[0]);
}

std::nullopt_t refuse(Request& request, std::string_view why)
{
    request.refusal = why;
    return std::nullopt;
}

void read_line_end(BufferedStream& stream)
{
    std::array<char, 2> end;
    stream.read_exactly(end);
    if (end != std::array{'\r', '\n'}) fail("expected CR LF behind a bulk string");
}

}  // namespace

bool RequestReader::read(BufferedStream& stream, const Batch::Begun& begun, Request& request)
{
    if (begun.bytes > 0) {
        read_rest(stream, begun, request);
    } else if (!read_whole(stream, request)) {
        return false;
    }
    try {
        find_keys(request);
    } catch (const std::bad_alloc&) {
        request.refusal = out_of_memory;
    }
    return true;
}

bool RequestReader::read_whole(BufferedStream& stream, Request& request)
{
    for (;;) {
        const auto line = read_first_line(stream);
        if (!line) return false;
        if (line->starts_with('*')) {
            read_words(stream, 0, count_of(*line), request);
        } else {
            read_inline(*line, request);
        }
        if (request.own->size() > 0 || !request.refusal.empty()) return true;
    }
}

/// The words that have come lie in the stream's input until more is read into it.
void RequestReader::read_rest(BufferedStream& stream, const Batch::Begun& begun, Request& request)
{
    (void)stream.next_block(begun.bytes);
    for (const std::string_view word : begun.words) keep_word(word, request);
    read_words(stream, begun.words.size(), begun.count, request);
}

void RequestReader::read_words(BufferedStream& stream, std::size_t first, std::size_t count,
                               Request& request)
{
    for (std::size_t i = first; i < count; ++i) {
        read_word(stream, bytes_of(read_length_line(stream), request.state), request);
        read_line_end(stream);
    }
}

void RequestReader::read_inline(std::string_view line, Request& request)
{
    if (is_foreign(line)) throw ForeignProtocol();
    const auto words = split_quoted(line);
    if (!words) fail("unbalanced quotes in request");
    for (const std::string& word : *words) keep_word(word, request);
}

void RequestReader::read_word(BufferedStream& stream, std::size_t bytes, Request& request)
{
    const auto room = room_for(bytes, request);
    if (!room) return stream.skip(bytes);
    stream.read_exactly(*room);
    note_name(request);
}

void RequestReader::keep_word(std::string_view word, Request& request)
{
    const auto room = room_for(word.size(), request);
    if (!room) return;
    std::copy(word.begin(), word.end(), room->begin());
    note_name(request);
}

/// Memory for the next word: in an item if it is to be stored. It is touched as the bytes arrive,
/// not as they are announced. nullopt: the word is not kept, nor are those behind it, since the
/// request will be refused.
std::optional<std::span<char>> RequestReader::room_for(std::size_t bytes, Request& request)
{
    if (!request.refusal.empty()) return std::nullopt;
    if (bytes > most_word_bytes(request)) return refuse(request, too_long);
    try {
        return add_word(bytes, request);
    } catch (const std::bad_alloc&) {
        return refuse(request, out_of_memory);
    }
}

std::optional<std::span<char>> RequestReader::add_word(std::size_t bytes, Request& request)
{
    Arguments& words = *request.own;
    const std::size_t key = key_of_next(request);
    if (key != 0 && is_key(words[key])) {
        auto draft = memory_.draft(memory_.hashed(words[key]), bytes);
        if (!draft) return refuse(request, out_of_memory);
        return words.add(std::move(*draft));
    }
    if (words.bytes() + bytes > free_request_bytes) {
        const std::size_t needed = bytes + Arguments::word_bytes;
        auto charge = memory_.reserve(needed);
        if (!charge) return refuse(request, out_of_memory);
        words.keep(std::move(*charge), needed);
    }
    return words.add_room(bytes);
}

/// Hashes the keys. That of a value in a draft has been hashed for it: a command that stores values
/// has as many as keys, if these are valid.
void RequestReader::find_keys(Request& request)
{
    Arguments& words = *request.own;
    request.command = command_of(words.words());
    if (request.command != nullptr) {
        for_each_key(*request.command, words.words(), [&](std::size_t i) {
            const std::size_t number = words.keys().size();
            const std::span<Draft> drafts = words.drafts();
            words.add_key(i, number < drafts.size() ? drafts[number].item->hash()
                                                    : memory_.hashed(words[i]).hash);
        });
    }
    request.words = words.words();
    request.keys = words.keys();
    request.values = words.drafts();
}

}  // namespace kv::resp
