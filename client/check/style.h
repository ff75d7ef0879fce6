// style.h: colour for a terminal, nothing for a pipe.
#pragma once

#include <string>
#include <string_view>

namespace kv::check {

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

}  // namespace kv::check
