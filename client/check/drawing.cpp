#include "client/check/drawing.h"

#include "client/check/wire.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string>
#include <string_view>

namespace kv::check {

Style style_of_standard_output()
{
    const char* no_color = std::getenv("NO_COLOR");
    const bool refused = no_color != nullptr && *no_color != '\0';
    return Style(!refused && ::isatty(STDOUT_FILENO) == 1);
}

namespace {

constexpr std::size_t bytes_per_row = 16;
constexpr std::size_t columns_per_byte = 3;  // two digits and a blank
constexpr std::size_t offset_columns = 8;    // "%6d" and two blanks

std::string hex_of(std::string_view row)
{
    std::string hex;
    for (const char byte : row) hex += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
    return hex;
}

std::string text_of(std::string_view row)
{
    std::string text;
    for (const char byte : row)
        text += std::isprint(static_cast<unsigned char>(byte)) != 0 ? byte : '.';
    return text;
}

/// "|name-----" over the columns of its bytes in this row; a part begun in an earlier row has no
/// bar. A part of no bytes (an empty value) leaves no mark.
std::string ruler_of(const Message& message, std::size_t from, std::size_t size)
{
    std::string ruler(size * columns_per_byte, ' ');
    std::size_t begin = 0;
    for (const auto& part : message.parts) {
        const std::size_t end = begin + part.length;
        const std::size_t first = std::max(begin, from);
        const std::size_t last = std::min(end, from + size);
        if (first < last) {
            const std::size_t columns = (last - first) * columns_per_byte - 1;
            std::string mark = begin >= from ? "|" + part.name : "";
            mark.resize(columns, '-');
            ruler.replace((first - from) * columns_per_byte, columns, mark);
        }
        begin = end;
    }
    ruler.erase(ruler.find_last_not_of(' ') + 1);
    return ruler;
}

/// The rows worth showing: the first ones, those around the mark, the last.
bool is_shown(std::size_t row, std::size_t rows, const std::optional<Mark>& mark)
{
    constexpr std::size_t first_rows = 4;
    constexpr std::size_t rows_around = 1;
    constexpr std::size_t few_rows = 8;
    if (rows <= few_rows || row < first_rows || row + 1 == rows) return true;
    if (!mark) return false;
    const std::size_t marked = mark->position / bytes_per_row;
    return row + rows_around >= marked && row <= marked + rows_around;
}

std::string arrow_at(std::size_t column, std::string_view remark, const Style& style)
{
    const std::string blanks(offset_columns + column * columns_per_byte, ' ');
    return blanks + style.bad("^^ " + std::string(remark)) + "\n";
}

/// The bytes from `from` on: hex and text, their ruler, and the arrow if it points into this row.
std::string draw_row(const Message& message, std::size_t from, const std::string& indent,
                     const Style& style, const std::optional<Mark>& mark)
{
    const std::string_view row = std::string_view(message.bytes).substr(from, bytes_per_row);
    const std::string ruler = ruler_of(message, from, row.size());
    std::string lines =
        fmt::format("{}{:>6}  {:<48}  {}\n{}{}{}\n", indent, from, hex_of(row), text_of(row),
                    indent, std::string(offset_columns, ' '), style.quiet(ruler));
    const bool is_last = from + row.size() == message.bytes.size();
    if (!mark || mark->position < from) return lines;
    if (mark->position < from + row.size() || is_last)
        lines +=
            indent + arrow_at(std::min(mark->position - from, row.size()), mark->remark, style);
    return lines;
}

}  // namespace

std::string draw(const Message& message, const std::string& indent, const Style& style,
                 std::optional<Mark> mark)
{
    const std::size_t size = message.bytes.size();
    if (size == 0) return indent + style.quiet("  (no bytes)") + "\n";
    const std::size_t rows = (size + bytes_per_row - 1) / bytes_per_row;
    std::string drawing;
    std::size_t hidden = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!is_shown(row, rows, mark)) {
            hidden += bytes_per_row;
            continue;
        }
        if (hidden > 0) drawing += fmt::format("{}     ... {} bytes ...\n", indent, hidden);
        hidden = 0;
        drawing += draw_row(message, row * bytes_per_row, indent, style, mark);
    }
    return drawing;
}

namespace {

std::string without(std::string_view text, std::string_view piece)
{
    std::string shorter(text);
    const auto at = shorter.rfind(piece);
    if (at != std::string::npos) shorter.erase(at, piece.size());
    return shorter;
}

bool lacks_end(std::string_view expected, std::string_view got)
{
    return expected.ends_with("END\r\n") && expected.size() > 5 &&
           got == without(expected, "END\r\n");
}

bool lacks_value_terminator(std::string_view expected, std::string_view got)
{
    return expected.ends_with("\r\nEND\r\n") && got == without(expected, "\r\nEND\r\n") + "END\r\n";
}

bool lacks_carriage_returns(std::string_view expected, std::string_view got)
{
    std::string bare(expected);
    std::erase(bare, '\r');
    return bare != expected && got == bare;
}

bool ends_in_nul(std::string_view expected, std::string_view got)
{
    return got == std::string(expected) + '\0';
}

bool stops_at_nul(std::string_view expected, std::string_view got)
{
    const std::size_t agreed = first_difference(expected, got);
    return agreed < expected.size() && expected[agreed] == '\0';
}

bool has_surplus_line_end(std::string_view expected, std::string_view got)
{
    return got == std::string(expected) + "\r\n" || got == std::string(expected) + "\n";
}

bool is_an_error(std::string_view expected, std::string_view got)
{
    return !expected.starts_with("ERROR") &&
           (got.starts_with("ERROR") || got.starts_with("CLIENT_ERROR"));
}

bool is_cut_short(std::string_view expected, std::string_view got)
{
    return !got.empty() && got.size() < expected.size() && expected.starts_with(got);
}

struct Hint {
    bool (*applies)(std::string_view expected, std::string_view got);
    std::string_view sentence;
};

// The more particular first: only the first that applies is shown.
constexpr std::array hints{
    Hint{lacks_end, "The reply is whole but for its last line, END CR LF."},
    Hint{lacks_value_terminator, "Between the value and END there must be CR LF."},
    Hint{lacks_carriage_returns, "Lines end with CR LF (0d 0a), not with LF alone."},
    Hint{ends_in_nul,
         "A NUL byte follows the reply: sizeof of a literal, or strlen + 1, was sent."},
    Hint{stops_at_nul, "The reply goes wrong exactly where the value has a NUL byte."},
    Hint{has_surplus_line_end, "A line end follows the reply that does not belong to it."},
    Hint{is_an_error,
         "The server took something for a command that was none: left-over bytes of a "
         "value or its terminator, or half a line."},
    Hint{is_cut_short, "What came is right, but it is only the beginning."},
};

}  // namespace

std::optional<std::string_view> diagnose(std::string_view expected, std::string_view got)
{
    for (const auto& hint : hints)
        if (hint.applies(expected, got)) return hint.sentence;
    return std::nullopt;
}

}  // namespace kv::check
