// utf8.h: Unicode text as bytes (RFC 3629).
//
// One thing is taken that the RFC leaves out: the numbers of surrogates, which Python's str may
// hold and its pickles write ("surrogatepass"). They come back as they went in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kv {

constexpr char32_t max_code_point = 0x10ffff;

/// Takes the next code point off the front of `text`; nullopt, with nothing taken, when the bytes
/// there are none, or `text` is empty.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

[[nodiscard]] bool is_utf8(std::string_view text);

/// REQUIRES: code_point <= max_code_point.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace kv
