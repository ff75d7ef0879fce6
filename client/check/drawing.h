// drawing.h: bytes as hex and text, with a ruler under each row that shows where messages begin,
// and what two byte sequences that differ have in common with a well-known mistake.
//
//        0  73 65 74 20 6b 20 35 0d 0a 68 65 6c 6c 6f        set k 5..hello
//           |command line------------- |value--------
//                                         ^^ first difference
#pragma once

#include "client/check/wire.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kv::check {

/// Colour for a terminal, nothing for a pipe.
class Style {
public:
    explicit Style(bool coloured) : coloured_(coloured) {}

    [[nodiscard]] std::string good(std::string_view text) const { return wrap("32", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return wrap("1;31", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return wrap("1", text); }
    [[nodiscard]] std::string quiet(std::string_view text) const { return wrap("2", text); }

private:
    [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const
    {
        if (!coloured_) return std::string(text);
        return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
    }

    bool coloured_;
};

/// A Style for standard output: coloured on a terminal, unless NO_COLOR is set (no-color.org).
[[nodiscard]] Style style_of_standard_output();

/// A place in a message and what is to be said there. One past the last byte is a place, too.
struct Mark {
    std::size_t position;
    std::string_view remark;
};

/// Lines that end in '\n', each begun with `indent`. Long messages are drawn at their beginning,
/// around the mark and at their end.
[[nodiscard]] std::string draw(const Message& message, const std::string& indent,
                               const Style& style, std::optional<Mark> mark = std::nullopt);

/// Guesses, from the two byte sequences alone, the mistake that made them differ; nullopt when they
/// look like no known one.
[[nodiscard]] std::optional<std::string_view> diagnose(std::string_view expected,
                                                       std::string_view got);

}  // namespace kv::check
