#include "server/zmq/pickle_text.h"

#include "server/command/utf8.h"

#include <charconv>

namespace kv::zeromq {

namespace {

/// Takes `digits` hexadecimal digits off the front.
std::optional<std::uint32_t> take_hex(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    std::uint32_t number = 0;
    const char* end = text.data() + digits;
    if (std::from_chars(text.data(), end, number, 16).ptr != end) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

char take_byte(std::string_view& text)
{
    const char byte = text.front();
    text.remove_prefix(1);
    return byte;
}

/// The byte of an escape after its backslash.
std::optional<char> take_escape(std::string_view& text)
{
    if (text.empty()) return std::nullopt;
    switch (const char letter = take_byte(text)) {
        case '\\':
        case '\'':
        case '"': return letter;
        case 't': return '\t';
        case 'n': return '\n';
        case 'r': return '\r';
        case 'x': {
            const auto number = take_hex(text, 2);
            if (!number) return std::nullopt;
            return static_cast<char>(*number);
        }
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<std::string> from_raw_unicode_escape(std::string_view line)
{
    std::string text;
    while (!line.empty()) {
        const char byte = take_byte(line);
        if (byte != '\\' || line.empty()) {
            append_utf8(text, static_cast<unsigned char>(byte));
            continue;
        }
        const char letter = take_byte(line);
        if (letter == 'u' || letter == 'U') {
            const auto code_point = take_hex(line, letter == 'u' ? 4 : 8);
            if (!code_point || *code_point > max_code_point) return std::nullopt;
            append_utf8(text, *code_point);
        } else {
            text.push_back('\\');
            append_utf8(text, static_cast<unsigned char>(letter));
        }
    }
    return text;
}

std::optional<std::string> from_quoted(std::string_view line)
{
    const bool quoted = line.size() >= 2 && (line.front() == '\'' || line.front() == '"') &&
                        line.front() == line.back();
    if (!quoted) return std::nullopt;
    line = line.substr(1, line.size() - 2);
    std::string bytes;
    while (!line.empty()) {
        const char byte = take_byte(line);
        const auto meant = byte == '\\' ? take_escape(line) : byte;
        if (!meant) return std::nullopt;
        bytes.push_back(*meant);
    }
    return bytes;
}

std::optional<std::string> to_latin1(std::string_view utf8)
{
    std::string bytes;
    bytes.reserve(utf8.size());
    while (const auto code_point = take_code_point(utf8)) {
        if (*code_point > 0xff) return std::nullopt;
        bytes.push_back(static_cast<char>(*code_point));
    }
    if (!utf8.empty()) return std::nullopt;
    return bytes;
}

}  // namespace kv::zeromq
