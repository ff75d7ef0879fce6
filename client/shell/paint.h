// paint.h: what colour what kind of text has on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace kv::shell {

/// Wraps text in colours, or leaves it as it is.
class Paint {
public:
    explicit Paint(bool colored) : colored_(colored) {}

    [[nodiscard]] std::string value(std::string_view text) const { return in("32", text); }
    [[nodiscard]] std::string number(std::string_view text) const { return in("36", text); }
    [[nodiscard]] std::string name(std::string_view text) const { return in("1", text); }
    [[nodiscard]] std::string command(std::string_view text) const { return in("1;34", text); }
    [[nodiscard]] std::string error(std::string_view text) const { return in("31", text); }
    [[nodiscard]] std::string dim(std::string_view text) const { return in("2", text); }

    [[nodiscard]] bool is_on() const { return colored_; }

private:
    /// SGR: Select Graphic Rendition, ECMA-48 8.3.117.
    [[nodiscard]] std::string in(std::string_view code, std::string_view text) const
    {
        if (!colored_) return std::string(text);
        return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
    }

    bool colored_;
};

/// Whether to colour what goes to `descriptor`: a terminal that can, and nobody has set $NO_COLOR
/// (https://no-color.org).
[[nodiscard]] bool wants_color(int descriptor);

}  // namespace kv::shell
