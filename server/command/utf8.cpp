#include "server/command/utf8.h"

namespace kv {

namespace {

/// How many bytes a code point takes whose first byte this is; 0: none begins with it.
std::size_t length_of(unsigned char first)
{
    if (first < 0x80) return 1;
    if (first < 0xc2) return 0;  // a byte from the middle, or a longer form of an ASCII character
    if (first < 0xe0) return 2;
    if (first < 0xf0) return 3;
    return first < 0xf5 ? 4 : 0;
}

// What a code point of so many bytes is at least; less means that a longer form was chosen.
constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text)
{
    if (text.empty()) return std::nullopt;
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = length_of(first);
    if (length == 0 || length > text.size()) return std::nullopt;
    char32_t code_point = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0U) != 0x80) return std::nullopt;
        code_point = code_point << 6U | (byte & 0x3fU);
    }
    if (code_point < least[length] || code_point > max_code_point) return std::nullopt;
    text.remove_prefix(length);
    return code_point;
}

bool is_utf8(std::string_view text)
{
    while (take_code_point(text)) {
    }
    return text.empty();
}

void append_utf8(std::string& text, char32_t code_point)
{
    const auto tail = [&](unsigned shift) {
        text.push_back(static_cast<char>(0x80U | (code_point >> shift & 0x3fU)));
    };
    if (code_point < 0x80) {
        text.push_back(static_cast<char>(code_point));
    } else if (code_point < 0x800) {
        text.push_back(static_cast<char>(0xc0U | code_point >> 6U));
        tail(0);
    } else if (code_point < 0x10000) {
        text.push_back(static_cast<char>(0xe0U | code_point >> 12U));
        tail(6);
        tail(0);
    } else {
        text.push_back(static_cast<char>(0xf0U | code_point >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace kv
