#include "server/miniredis/arguments.h"

#include "server/command/integer.h"

#include <algorithm>

namespace kv::miniredis {

namespace {

constexpr const char* bad_name = "a command is a string";
constexpr const char* bad_key = "a key is a string of 1 to 65536 bytes or an integer";
constexpr const char* too_large = "object too large";
constexpr const char* out_of_memory = "out of memory storing object";

constexpr std::size_t max_name_bytes = 64;
constexpr std::string_view blanks = " \t\n\v\f\r";

std::string_view take_word_of(std::string_view& line)
{
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

bool is_string(const Frame& frame)
{
    return frame.type == Frame::Type::text || frame.type == Frame::Type::string;
}

std::string parse_integer(std::string_view text)
{
    auto bytes = integer_bytes(text);
    if (!bytes) throw Malformed("invalid integer");
    return std::move(*bytes);
}

/// Reads the bytes straight into their item; refused bytes are read all the same.
void put_string(BufferedStream& stream, std::size_t size, NestedWriter& writer)
{
    const std::span<char> room = writer.bytes(size);
    if (room.size() == size) {
        stream.read_exactly(room);
    } else {
        stream.skip(size);
    }
    read_line_end(stream);
}

void put(BufferedStream& stream, const Frame& frame, NestedWriter& writer)
{
    switch (frame.type) {
        case Frame::Type::text: return writer.bytes(frame.text);
        case Frame::Type::error: return writer.error(frame.text);
        case Frame::Type::integer: return writer.integer(parse_integer(frame.text));
        case Frame::Type::null: return writer.null();
        case Frame::Type::string: return put_string(stream, frame.size, writer);
        case Frame::Type::array: return writer.begin(Container::list, frame.size);
        case Frame::Type::dictionary: return writer.begin(Container::dict, frame.size);
    }
}

/// No recursion, however deep the value: the writer knows which containers are open.
void put_value(BufferedStream& stream, const Frame& first, NestedWriter& writer)
{
    put(stream, first, writer);
    while (!writer.complete()) put(stream, read_next_frame(stream), writer);
}

}  // namespace

Arguments::Arguments(BufferedStream& stream, std::string_view line)
    : stream_(stream), words_(line), in_line_(true)
{
    while (!take_word_of(line).empty()) ++left_;
}

std::string Arguments::take_name()
{
    const Frame frame = next();
    if (is_string(frame)) return read_string(stream_, frame, max_name_bytes);
    skip_value(stream_, frame);
    throw BadArgument(bad_name);
}

std::string Arguments::take_key()
{
    const Frame frame = next();
    std::string key;
    if (frame.type == Frame::Type::integer) {
        key = integer_text(parse_integer(frame.text));
    } else if (is_string(frame)) {
        key = read_string(stream_, frame, max_key_bytes);
    } else {
        skip_value(stream_, frame);
    }
    if (key.empty()) throw BadArgument(bad_key);
    return key;
}

Draft Arguments::take_value(DraftSource& drafts, std::string_view key, std::size_t max_bytes)
{
    const Frame frame = next();
    if (is_string(frame)) return take_bytes(frame, drafts, key, max_bytes);
    NestedWriter writer(drafts, key, max_bytes);
    put_value(stream_, frame, writer);
    std::optional<Draft> draft;
    if (writer.refusal().empty()) draft = writer.finish();
    if (!draft) throw BadArgument(writer.refusal().data());
    return std::move(*draft);
}

/// The common case: straight into the item, without a writer.
Draft Arguments::take_bytes(const Frame& frame, DraftSource& drafts, std::string_view key,
                            std::size_t max_bytes)
{
    const bool in_line = frame.type == Frame::Type::text;
    const std::size_t size = in_line ? frame.text.size() : frame.size;
    const bool fits = size <= max_bytes;
    auto draft = fits ? drafts.draft(drafts.hashed(key), size) : std::nullopt;
    if (!draft) {
        skip_value(stream_, frame);
        throw BadArgument(fits ? out_of_memory : too_large);
    }
    if (in_line) {
        std::copy(frame.text.begin(), frame.text.end(), draft->room().begin());
    } else {
        stream_.read_exactly(draft->room());
        read_line_end(stream_);
    }
    return std::move(*draft);
}

void Arguments::skip_rest()
{
    while (left_ > 0) skip_value(stream_, next());
}

Frame Arguments::next()
{
    --left_;
    if (in_line_) return {Frame::Type::text, take_word_of(words_)};
    return read_next_frame(stream_);
}

std::string read_string(BufferedStream& stream, const Frame& frame, std::size_t max_bytes)
{
    if (frame.type == Frame::Type::text) {
        return frame.text.size() <= max_bytes ? std::string(frame.text) : std::string();
    }
    std::string bytes;
    if (frame.size <= max_bytes) {
        bytes.resize(frame.size);
        stream.read_exactly(bytes);
    } else {
        stream.skip(frame.size);
    }
    read_line_end(stream);
    return bytes;
}

void skip_value(BufferedStream& stream, const Frame& frame)
{
    NestedWriter nowhere("dropped");
    put_value(stream, frame, nowhere);
}

}  // namespace kv::miniredis
