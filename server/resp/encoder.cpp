#include "server/resp/encoder.h"

#include "server/command/integer.h"
#include "server/command/nested.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

namespace kv::resp {

namespace {

/// The type, 20 digits and a sign, and two line ends: what stands around a text at most.
constexpr std::size_t longest_frame = 32;

char* put(char* at, std::string_view bytes)
{
    return std::copy(bytes.begin(), bytes.end(), at);
}

char* put_line_end(char* at)
{
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

template <std::integral Number>
char* put_number(char* at, char type, Number number)
{
    *at++ = type;
    return put_line_end(std::to_chars(at, at + longest_frame, number).ptr);
}

/// ":17\r\n", "*3\r\n"
template <std::integral Number>
void write_number(BufferedStream& stream, char type, Number number)
{
    stream.end_append(put_number(stream.begin_append(longest_frame), type, number));
}

/// "+OK\r\n"
void write_line(BufferedStream& stream, char type, std::string_view text)
{
    if (text.size() + longest_frame <= BufferedStream::max_append) {
        char* at = stream.begin_append(text.size() + longest_frame);
        *at++ = type;
        return stream.end_append(put_line_end(put(at, text)));
    }
    stream.write({&type, 1});
    stream.write(text);
    stream.write("\r\n");
}

/// "$5\r\nhello\r\n": in one go, unless it is long.
void write_bulk(BufferedStream& stream, std::string_view bytes)
{
    if (bytes.size() + longest_frame <= BufferedStream::max_append) {
        char* at = put_number(stream.begin_append(bytes.size() + longest_frame), '$', bytes.size());
        return stream.end_append(put_line_end(put(at, bytes)));
    }
    write_number(stream, '$', bytes.size());
    stream.write(bytes);
    stream.write("\r\n");
}

class NestedEncoder final : public NestedVisitor {
public:
    NestedEncoder(BufferedStream& stream, int version) : stream_(stream), version_(version) {}

    void null() override { stream_.write(version_ == 2 ? "$-1\r\n" : "_\r\n"); }

    void boolean(bool value) override
    {
        if (version_ == 2) return write_number(stream_, ':', value ? 1 : 0);
        stream_.write(value ? "#t\r\n" : "#f\r\n");
    }

    /// What 64 bits cannot hold is a big number where there is such a type; a text else.
    void integer(std::string_view bytes) override
    {
        if (const auto number = small_integer(bytes)) return write_number(stream_, ':', *number);
        const std::string text = integer_text(bytes);
        const bool is_decimal = text.find('x') == std::string::npos;
        if (version_ == 2 || !is_decimal) return write_bulk(stream_, text);
        write_line(stream_, '(', text);
    }

    void real(double number) override
    {
        std::array<char, 32> digits;
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
        if (version_ == 2) return write_bulk(stream_, text);
        write_line(stream_, ',', text);
    }

    void text(std::string_view utf8) override { write_bulk(stream_, utf8); }
    void bytes(std::string_view value) override { write_bulk(stream_, value); }
    void error(std::string_view text) override { write_line(stream_, '-', text); }

    void begin(Container kind, std::size_t count) override
    {
        const bool is_map = kind == Container::dict;
        const bool is_set = kind == Container::set || kind == Container::frozenset;
        if (version_ == 3) {
            write_number(stream_, is_map ? '%' : is_set ? '~' : '*', count);
        } else {
            write_number(stream_, '*', is_map ? 2 * count : count);
        }
    }
    void end(Container, std::size_t) override {}

private:
    BufferedStream& stream_;
    int version_;
};

/// A dictionary is a map, which in RESP2 is a flat array of keys and values, a set a set or an
/// array; booleans and reals are numbers and strings in RESP2.
void write_nested(BufferedStream& stream, const Item& item, int version)
{
    NestedEncoder encoder(stream, version);
    visit(item, encoder);
}

/// A value goes out as what it is.
void write_item(BufferedStream& stream, const Item& item, int version)
{
    if (item.type == ItemType::nested) return write_nested(stream, item, version);
    write_bulk(stream, item.value());
}

const Reply::variant& form_of(const Reply& reply)
{
    return reply;
}

class Encoder {
public:
    Encoder(BufferedStream& stream, int version) : stream_(stream), version_(version) {}

    void operator()(const NoReply&) const {}
    void operator()(const Null&) const { stream_.write(version_ == 2 ? "$-1\r\n" : "_\r\n"); }
    void operator()(const NullArray&) const { stream_.write(version_ == 2 ? "*-1\r\n" : "_\r\n"); }
    void operator()(const Simple& simple) const { write_line(stream_, '+', simple.text); }
    void operator()(const OutOfMemory&) const { write_line(stream_, '-', out_of_memory); }
    void operator()(const Integer& integer) const { write_number(stream_, ':', integer.value); }
    void operator()(const Bulk& bulk) const { write_bulk(stream_, bulk.bytes); }
    void operator()(const Stored& stored) const { write_item(stream_, *stored.item, version_); }
    void operator()(const PartOf& part) const { write_bulk(stream_, part.bytes); }

    void operator()(const Double& number) const { write_double(number.value); }
    void operator()(const Element& element) const { write_element(element.bytes); }

    void operator()(const Elements& reply) const
    {
        begin(reply.kind, reply.elements.size());
        for (const BytesPtr& element : reply.elements) write_element(element);
    }

    void operator()(const Scored& reply) const
    {
        const std::size_t count = reply.members.size();
        write_number(stream_, '*', version_ == 2 ? 2 * count : count);
        for (const auto& [score, member] : reply.members) {
            if (version_ == 3) write_number(stream_, '*', 2);
            write_element(member);
            write_double(score);
        }
    }

    void operator()(const Texts& texts) const
    {
        write_number(stream_, '*', texts.count);
        for (const std::string& piece : texts.pieces) stream_.write(piece);
    }

    /// What a client sent may stand in an error's text: it must not end the line.
    void operator()(const Error& error) const
    {
        std::string text = error.text;
        std::replace_if(
            text.begin(), text.end(), [](char byte) { return byte == '\r' || byte == '\n'; }, ' ');
        write_line(stream_, '-', text);
    }

    void operator()(const Verbatim& verbatim) const
    {
        if (version_ == 2) return write_bulk(stream_, verbatim.text);
        constexpr std::string_view kind = "txt:";
        write_number(stream_, '=', kind.size() + verbatim.text.size());
        stream_.write(kind);
        stream_.write(verbatim.text);
        stream_.write("\r\n");
    }

    /// Bounded recursion: replies are built by commands, not by clients.
    void operator()(const Array& array) const
    {
        begin(array.kind, array.elements.size());
        for (const Reply& element : array.elements) std::visit(*this, form_of(element));
    }

private:
    /// Of `count` elements, of which a map has two for each pair.
    void begin(Array::Kind kind, std::size_t count) const
    {
        const bool is_map = kind == Array::Kind::map && version_ == 3;
        const bool is_set = kind == Array::Kind::set && version_ == 3;
        write_number(stream_, is_map ? '%' : is_set ? '~' : '*', is_map ? count / 2 : count);
    }

    void write_element(const BytesPtr& element) const
    {
        if (!element) return (*this)(Null{});
        write_bulk(stream_, element->view());
    }

    /// As C's "%.17g", which Redis 7.0 uses.
    void write_double(double number) const
    {
        const std::string text = fmt::format("{:.17g}", number);
        if (version_ == 2) return write_bulk(stream_, text);
        write_line(stream_, ',', text);
    }

    BufferedStream& stream_;
    int version_;
};

}  // namespace

void write_reply(BufferedStream& stream, const Reply& reply, int version)
{
    std::visit(Encoder(stream, version), form_of(reply));
}

}  // namespace kv::resp
