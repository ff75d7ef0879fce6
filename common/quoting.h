// quoting.h: words as people type them, and bytes as people can read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// Splits a typed line into words at blanks. A word may be in double quotes, with \n \r \t \a \b
/// \\ \" and \xNN for any byte, or in single quotes, where only \' and \\ are special; it ends at
/// its closing quote, which a blank or the end must follow. nullopt: a quote is not closed, or
/// something sticks to it. (The rules of redis-cli and of Redis' inline commands.)
[[nodiscard]] std::optional<std::vector<std::string>> split_quoted(std::string_view line);

/// Whether `line` ends inside a quote: then more of it may follow on the next line.
[[nodiscard]] bool ends_in_quote(std::string_view line);

/// `bytes` in double quotes, everything but printable ASCII escaped: split_quoted reads it back.
[[nodiscard]] std::string in_quotes(std::string_view bytes);

/// `text` with %NN as the byte it stands for, as in a URI; another % stands for itself.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// `word` as it is when split_quoted takes it for one word, else quoted.
[[nodiscard]] std::string quoted_if_needed(std::string_view word);

/// The bytes as they stand in a URI: letters, digits and `-_.~` as they are, others as %XX.
[[nodiscard]] std::string in_uri(std::string_view bytes);

}  // namespace kv
