// terminal_text.h: bytes of a server's on a terminal, without letting them command it.
//
// An escape sequence in a value could retitle a window, hide text or type an answer for the user.
// So nothing reaches a terminal but what prints: ASCII, and whatever else the locale's UTF-8 calls
// printable, without the characters that turn the direction of writing.
#pragma once

#include <string>
#include <string_view>

namespace kv::shell {

/// `bytes` with everything that does not print as \xNN, and \n, \t, \r and \\ by their names.
[[nodiscard]] std::string printable(std::string_view bytes);

/// printable() in double quotes, with the quotes inside escaped: can be typed again.
[[nodiscard]] std::string printable_quoted(std::string_view bytes);

/// A text of our own that carries bytes of a server's: as printable(), but lines stay lines, tabs
/// tabs and backslashes single.
[[nodiscard]] std::string harmless(std::string_view text);

/// How many columns `text`, of which everything prints, takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);

}  // namespace kv::shell
