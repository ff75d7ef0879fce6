// terminal.h: output to a terminal: escaped text, colours, a progress bar.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv::shell {

// An escape sequence in a value could retitle a window, hide text or type an answer for the user.
// So only printable characters reach a terminal: ASCII, and what the locale's UTF-8 calls
// printable, without characters that change the direction of writing.

/// `bytes` with unprintable ones as \xNN, or as \n, \t, \r and \\.
[[nodiscard]] std::string printable(std::string_view bytes);

/// printable() in double quotes, with inner quotes escaped, so that it can be typed again.
[[nodiscard]] std::string printable_quoted(std::string_view bytes);

/// For our own text with bytes from a server: like printable(), but keeps line ends, tabs and
/// backslashes.
[[nodiscard]] std::string harmless(std::string_view text);

/// Like harmless(), on one line.
[[nodiscard]] std::string harmless_line(std::string_view text);

/// `bytes` as a word that can be typed: in double quotes if it contains blanks, quotes or
/// unprintable bytes.
[[nodiscard]] std::string typed_form(std::string_view bytes);

/// How many columns `text`, all printable, takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The size of the terminal; 80 columns and 0 lines without one.
struct ScreenSize {
    std::size_t columns = 80;
    std::size_t lines = 0;
};
[[nodiscard]] ScreenSize screen_size();

/// How many rows `text` takes on a screen of `columns`; colours take none.
[[nodiscard]] std::size_t rows_of(std::string_view text, std::size_t columns);

/// Wraps text in colours, or returns it unchanged.
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

/// Whether to colour output to `descriptor`: a capable terminal, and $NO_COLOR is not set
/// (https://no-color.org).
[[nodiscard]] bool wants_color(int descriptor);

/// Asks for a password on the terminal, without echo. nullopt: no terminal, or no answer.
[[nodiscard]] std::optional<std::string> ask_for_password(const std::string& question);

/// A progress bar on standard error, if that is a terminal that can erase a line.
class Progress {
public:
    /// `total`: the end of the count, 0 if unknown.
    explicit Progress(std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of the total, `items` so far. Draws ten times a second at most.
    void show(std::uint64_t done, std::uint64_t items);

    /// Erases the bar, before other text, until the next show().
    void clear();

private:
    std::uint64_t total_;
    bool draws_;
    bool is_drawn_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace kv::shell
