// terminal.h: what goes to a terminal: text that cannot command it, colours, a progress bar.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv::shell {

// An escape sequence in a value could retitle a window, hide text or type an answer for the user.
// So nothing reaches a terminal but what prints: ASCII, and whatever else the locale's UTF-8 calls
// printable, without the characters that turn the direction of writing.

/// `bytes` with everything that does not print as \xNN, and \n, \t, \r and \\ by their names.
[[nodiscard]] std::string printable(std::string_view bytes);

/// printable() in double quotes, with the quotes inside escaped: can be typed again.
[[nodiscard]] std::string printable_quoted(std::string_view bytes);

/// A text of our own that carries bytes of a server's: as printable(), but lines stay lines, tabs
/// tabs and backslashes single.
[[nodiscard]] std::string harmless(std::string_view text);

/// As harmless(), but of one line.
[[nodiscard]] std::string harmless_line(std::string_view text);

/// `bytes` as a word that can be typed: in double quotes when there are blanks, quotes or bytes
/// that do not print, else as it is.
[[nodiscard]] std::string typed_form(std::string_view bytes);

/// How many columns `text`, of which everything prints, takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The size of the terminal. Without a terminal it is 80 columns and 0 lines.
struct ScreenSize {
    std::size_t columns = 80;
    std::size_t lines = 0;
};
[[nodiscard]] ScreenSize screen_size();

/// How many rows `text` takes on a screen so wide; colours take none.
[[nodiscard]] std::size_t rows_of(std::string_view text, std::size_t columns);

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

/// Whether `descriptor` is a terminal that understands escape sequences: $TERM is set, and not to
/// "dumb".
[[nodiscard]] bool has_escapes(int descriptor);

/// Whether to colour what goes to `descriptor`: a terminal that can, and nobody has set $NO_COLOR
/// (https://no-color.org).
[[nodiscard]] bool wants_color(int descriptor);

/// Asks for a password on the terminal, without showing it. nullopt: there is no terminal, or no
/// answer.
[[nodiscard]] std::optional<std::string> ask_for_password(const std::string& question);

/// A bar on standard error while something long goes on; nothing unless it is a terminal that can
/// wipe a line.
class Progress {
public:
    /// `total` of what is counted, 0 when it is not known.
    explicit Progress(std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of the total, `items` so far. Draws ten times a second at most.
    void show(std::uint64_t done, std::uint64_t items);

    /// Makes room for other text: what is drawn goes, until the next show().
    void clear();

private:
    std::uint64_t total_;
    bool draws_;
    bool is_drawn_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace kv::shell
