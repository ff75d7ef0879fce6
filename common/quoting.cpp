#include "common/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace kv {

namespace {

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The byte of "\xNN" at the front of `text`.
std::optional<char> hex_escape(std::string_view text)
{
    if (text.size() < 4 || text[1] != 'x') return std::nullopt;
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 4, byte, 16);
    if (error != std::errc{} || end != text.data() + 4) return std::nullopt;
    return static_cast<char>(byte);
}

char named_escape(char name)
{
    switch (name) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'a': return '\a';
        case 'b': return '\b';
        default: return name;
    }
}

/// Takes one escape or one plain byte of a double-quoted word off the front of `text`.
char take_double_quoted(std::string_view& text)
{
    if (text[0] != '\\' || text.size() < 2) {
        const char plain = text[0];
        text.remove_prefix(1);
        return plain;
    }
    if (const auto byte = hex_escape(text)) {
        text.remove_prefix(4);
        return *byte;
    }
    const char named = named_escape(text[1]);
    text.remove_prefix(2);
    return named;
}

char take_single_quoted(std::string_view& text)
{
    if (text.starts_with("\\'") || text.starts_with("\\\\")) text.remove_prefix(1);
    const char plain = text[0];
    text.remove_prefix(1);
    return plain;
}

/// Takes a word that begins with a quote. nullopt: it is not closed, or something follows it.
std::optional<std::string> take_quoted(std::string_view& text)
{
    const char quote = text[0];
    std::string word;
    text.remove_prefix(1);
    while (!text.empty() && text[0] != quote) {
        word += quote == '"' ? take_double_quoted(text) : take_single_quoted(text);
    }
    if (text.empty()) return std::nullopt;
    text.remove_prefix(1);
    if (!text.empty() && !is_blank(text[0])) return std::nullopt;
    return word;
}

std::string take_plain(std::string_view& text)
{
    const auto end = std::find_if(text.begin(), text.end(), is_blank);
    std::string word(text.begin(), end);
    text.remove_prefix(word.size());
    return word;
}

}  // namespace

std::optional<std::vector<std::string>> split_quoted(std::string_view line)
{
    std::vector<std::string> words;
    for (;;) {
        while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
        if (line.empty()) return words;
        if (line[0] == '"' || line[0] == '\'') {
            auto word = take_quoted(line);
            if (!word) return std::nullopt;
            words.push_back(std::move(*word));
        } else {
            words.push_back(take_plain(line));
        }
    }
}

bool ends_in_quote(std::string_view line)
{
    for (;;) {
        while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
        if (line.empty()) return false;
        if (line[0] != '"' && line[0] != '\'') {
            (void)take_plain(line);
        } else if (!take_quoted(line)) {
            return line.empty();  // otherwise something follows the closing quote directly
        }
    }
}

std::string in_quotes(std::string_view bytes)
{
    std::string text = "\"";
    for (const char byte : bytes) {
        switch (byte) {
            case '\n': text += "\\n"; break;
            case '\r': text += "\\r"; break;
            case '\t': text += "\\t"; break;
            case '\a': text += "\\a"; break;
            case '\b': text += "\\b"; break;
            case '"':
            case '\\':
                text += '\\';
                text += byte;
                break;
            default:
                if (byte >= ' ' && byte <= '~') {
                    text += byte;
                } else {
                    text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
                }
        }
    }
    return text += '"';
}

std::string percent_decoded(std::string_view text)
{
    std::string bytes;
    while (!text.empty()) {
        unsigned char byte = 0;
        const bool is_escape =
            text[0] == '%' && text.size() >= 3 &&
            std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr == text.data() + 3;
        bytes += is_escape ? static_cast<char>(byte) : text[0];
        text.remove_prefix(is_escape ? 3 : 1);
    }
    return bytes;
}

std::string quoted_if_needed(std::string_view word)
{
    const bool is_plain =
        !word.empty() && word[0] != '"' && word[0] != '\'' &&
        std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
    return is_plain ? std::string(word) : in_quotes(word);
}

std::string in_uri(std::string_view bytes)
{
    constexpr std::string_view plain = "-_.~";  // RFC 3986: with letters and digits, never encoded
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        const bool as_is =
            value < 0x80 && (std::isalnum(value) != 0 || plain.find(byte) != plain.npos);
        if (as_is) {
            text += byte;
        } else {
            text += {'%', digits[value >> 4], digits[value & 15]};
        }
    }
    return text;
}

}  // namespace kv
