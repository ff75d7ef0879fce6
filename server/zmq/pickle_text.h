// pickle_text.h: the text escapes of protocol 0, in which everything is a line of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kv::zeromq {

/// Python's "raw-unicode-escape": Latin-1, and \uXXXX or \UXXXXXXXX for the rest. As UTF-8.
[[nodiscard]] std::optional<std::string> from_raw_unicode_escape(std::string_view line);

/// Python 2's spelling of a str: in quotes, with the escapes of its repr().
[[nodiscard]] std::optional<std::string> from_quoted(std::string_view line);

/// UTF-8 text as Latin-1, as `_codecs.encode(text, 'latin1')` makes it. nullopt: it has other
/// characters.
[[nodiscard]] std::optional<std::string> to_latin1(std::string_view utf8);

}  // namespace kv::zeromq
