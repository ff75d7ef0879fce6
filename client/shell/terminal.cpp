#include "client/shell/terminal.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <cwctype>
#include <iostream>

namespace kv::shell {

namespace {

/// Embeddings, overrides and isolates: they change the displayed order of text.
bool turns_direction(wchar_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
           c == 0x200f;
}

struct Character {
    std::size_t bytes = 1;
    bool prints = false;
    std::size_t columns = 0;
};

/// The first character of `text`, which is not empty, in the locale's encoding.
Character first_character(std::string_view text)
{
    const char byte = text[0];
    if (byte >= ' ' && byte <= '~') return {1, true, 1};
    if (static_cast<unsigned char>(byte) < 0x80) return {};
    std::mbstate_t state{};
    wchar_t wide = 0;
    const std::size_t bytes = std::mbrtowc(&wide, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) return {};  // an error is a huge value
    const int columns = ::wcwidth(wide);
    if (columns < 0 || std::iswprint(static_cast<std::wint_t>(wide)) == 0 ||
        turns_direction(wide)) {
        return {};
    }
    return {bytes, true, static_cast<std::size_t>(columns)};
}

std::string escape_of(char byte)
{
    switch (byte) {
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        case '\a': return "\\a";
        case '\b': return "\\b";
        default: return fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
}

/// `text` with unprintable characters escaped, except those in `kept`, and a backslash before those
/// in `doubled`.
std::string filtered(std::string_view text, std::string_view kept, std::string_view doubled)
{
    std::string result;
    while (!text.empty()) {
        const Character next = first_character(text);
        if (kept.find(text[0]) != std::string_view::npos) {
            result += text[0];
        } else if (!next.prints) {
            result += escape_of(text[0]);
        } else {
            if (doubled.find(text[0]) != std::string_view::npos) result += '\\';
            result += text.substr(0, next.bytes);
        }
        text.remove_prefix(next.bytes);
    }
    return result;
}

}  // namespace

std::string printable(std::string_view bytes)
{
    return filtered(bytes, "", "\\");
}

std::string printable_quoted(std::string_view bytes)
{
    return '"' + filtered(bytes, "", "\\\"") + '"';
}

std::string harmless(std::string_view text)
{
    return filtered(text, "\n\t", "");
}

std::string harmless_line(std::string_view text)
{
    return filtered(text, "", "");
}

std::string typed_form(std::string_view bytes)
{
    const bool is_plain = !bytes.empty() && harmless_line(bytes) == bytes &&
                          bytes.find(' ') == std::string_view::npos && bytes[0] != '"' &&
                          bytes[0] != '\'';
    return is_plain ? std::string(bytes) : printable_quoted(bytes);
}

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character next = first_character(text);
        columns += next.columns;
        text.remove_prefix(next.bytes);
    }
    return columns;
}

ScreenSize screen_size()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
    return {size.ws_col, size.ws_row};
}

std::size_t rows_of(std::string_view text, std::size_t columns)
{
    std::size_t rows = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        for (auto start = line.find("\x1b["); start != std::string::npos;
             start = line.find("\x1b[")) {
            line.erase(start, line.find('m', start) + 1 - start);
        }
        rows += 1 + (std::max<std::size_t>(columns_of(line), 1) - 1) / columns;
    }
    return rows;
}

bool has_escapes(int descriptor)
{
    const char* terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

bool wants_color(int descriptor)
{
    const char* no_color = std::getenv("NO_COLOR");
    return has_escapes(descriptor) && (no_color == nullptr || *no_color == '\0');
}

std::optional<std::string> ask_for_password(const std::string& question)
{
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
    termios shown{};
    if (terminal == -1 || ::tcgetattr(terminal, &shown) != 0) {
        if (terminal != -1) ::close(terminal);
        return std::nullopt;
    }
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal, TCSAFLUSH, &hidden);
    [[maybe_unused]] auto written = ::write(terminal, question.data(), question.size());
    std::string answer;
    char letter = 0;
    while (::read(terminal, &letter, 1) == 1 && letter != '\n') answer += letter;
    written = ::write(terminal, "\n", 1);
    ::tcsetattr(terminal, TCSAFLUSH, &shown);
    ::close(terminal);
    return letter == '\n' ? std::optional(answer) : std::nullopt;
}

Progress::Progress(std::uint64_t total) : total_(total), draws_(has_escapes(STDERR_FILENO)) {}

Progress::~Progress()
{
    clear();
}

void Progress::clear()
{
    if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
    is_drawn_ = false;
}

void Progress::show(std::uint64_t done, std::uint64_t items)
{
    const auto now = std::chrono::steady_clock::now();
    if (!draws_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    is_drawn_ = true;
    if (total_ == 0) {
        std::cerr << fmt::format("\r{} items", items) << std::flush;
        return;
    }
    constexpr std::uint64_t width = 40;
    const std::uint64_t part = std::min(done, total_);
    std::cerr << fmt::format("\r[{:<40}] {:3} %  {} items", std::string(part * width / total_, '#'),
                             part * 100 / total_, items)
              << std::flush;
}

}  // namespace kv::shell
