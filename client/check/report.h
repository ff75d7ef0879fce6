// report.h: the report for a student: a line per case, for a new mistake its transcript in bytes,
// and at the end what to fix first. Bytes are shown as hex and text, with a ruler under each row
// that shows where messages begin:
//
//        0  73 65 74 20 6b 20 35 0d 0a 68 65 6c 6c 6f        set k 5..hello
//           |command line------------- |value--------
//                                         ^^ first difference
#pragma once

#include "client/check/case.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// A remark at a position in a message; one past the last byte is allowed.
struct Mark {
    std::size_t position;
    std::string_view remark;
};

/// Lines that end in '\n', each indented by `indent`. Long messages are shown at their beginning,
/// around the mark and at their end.
[[nodiscard]] std::string draw(const Message& message, const std::string& indent,
                               const Style& style, std::optional<Mark> mark = std::nullopt);

/// One line, and for a new mistake also what was sent, what came back, what was expected, and the
/// usual cause.
[[nodiscard]] std::string describe(const Result& result, const Style& style);

[[nodiscard]] std::size_t count_passed(const std::vector<Result>& results);

/// The mistakes in the order in which to fix them, each with its cause and the number of cases that
/// fail because of it. Empty when there are none.
[[nodiscard]] std::string what_to_fix(const std::vector<Result>& results);

/// "23 of 25"
[[nodiscard]] std::string score(const std::vector<Result>& results);

/// The report as one JSON object, with bytes in hex.
[[nodiscard]] std::string to_json(const std::vector<Result>& results, const Target& target);

}  // namespace kv::check
