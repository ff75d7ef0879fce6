// quoting.h: splits typed lines into words, and makes bytes readable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// Splits a typed line into words at blanks. A word may be in double quotes, with \n \r \t \a \b
/// \\ \" and \xNN for any byte, or in single quotes, where only \' and \\ are special; it ends at
/// its closing quote, which a blank or the end must follow. nullopt: a quote is not closed, or
/// something follows it directly. (The rules of redis-cli and of Redis' inline commands.)
[[nodiscard]] std::optional<std::vector<std::string>> split_quoted(std::string_view line);

/// Whether `line` ends inside a quote, so that it may go on in the next line.
[[nodiscard]] bool ends_in_quote(std::string_view line);

/// `bytes` in double quotes, everything but printable ASCII escaped: split_quoted reads it back.
[[nodiscard]] std::string in_quotes(std::string_view bytes);

/// Percent-decodes `text`, as in a URI; a % without two digits stands for itself.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// `word` unchanged if split_quoted reads it as one word, else quoted.
[[nodiscard]] std::string quoted_if_needed(std::string_view word);

/// Percent-encodes for a URI: letters, digits and `-_.~` stay, others become %XX.
[[nodiscard]] std::string in_uri(std::string_view bytes);

}  // namespace kv
