#include "server/net/trace_ruler.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv {

namespace {

constexpr std::size_t row_columns = 84;
constexpr std::size_t most_rows = 6;

// Of a long line or block only its ends are shown.
constexpr std::size_t longest_shown = 48;
constexpr std::size_t shown_at_begin = 32;
constexpr std::size_t shown_at_end = 8;

/// One byte as it is shown, or the place of some that are not; and the ruler below it.
struct Cell {
    std::string text;
    std::string rule;
    Stretch::Kind kind;
    std::uint64_t begins = 0;  ///< the request that has its label here
    bool is_plain = true;      ///< a byte that prints as itself
};

Cell cell_of(char byte, Stretch::Kind kind)
{
    Cell cell{{}, {}, kind};
    if (byte > ' ' && byte <= '~' && byte != '\\') {
        cell.text = byte;
    } else if (byte == ' ') {
        cell.text = ' ';
    } else {
        cell.is_plain = false;
        if (byte == '\r') {
            cell.text = "\\r";
        } else if (byte == '\n') {
            cell.text = "\\n";
        } else if (byte == '\\') {
            cell.text = "\\\\";
        } else {
            cell.text = fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    return cell;
}

/// The bytes of a stretch, less its middle when it is long, with nothing but filling as the ruler.
std::vector<Cell> cells_of(std::string_view bytes, const Stretch& stretch)
{
    std::vector<Cell> cells;
    const auto add = [&](std::string_view some) {
        for (const char byte : some) cells.push_back(cell_of(byte, stretch.kind));
    };
    if (bytes.size() <= longest_shown) {
        add(bytes);
    } else {
        add(bytes.substr(0, shown_at_begin));
        const std::size_t left_out = bytes.size() - shown_at_begin - shown_at_end;
        cells.push_back({fmt::format(" ..{} more.. ", left_out), {}, stretch.kind, 0, false});
        add(bytes.substr(bytes.size() - shown_at_end));
    }
    const char filling = stretch.kind == Stretch::Kind::line ? '=' : '-';
    for (Cell& cell : cells) cell.rule.assign(cell.text.size(), filling);
    return cells;
}

/// Ends win over beginnings where both fall on one column.
void mark_ends(std::vector<Cell>& cells, const Stretch& stretch, bool goes_on_from_before)
{
    char& first = cells.front().rule.front();
    char& last = cells.back().rule.back();
    if (!stretch.ends_part) last = '>';
    if (stretch.begins_request) {
        first = '[';
    } else if (goes_on_from_before) {
        first = '<';
    }
    if (stretch.ends_part) last = stretch.ends_request ? ']' : '|';
}

std::vector<Cell> all_cells(std::string_view bytes, const std::vector<Stretch>& stretches)
{
    std::vector<Cell> all;
    std::uint64_t labelled = 0;
    for (const Stretch& stretch : stretches) {
        auto cells = cells_of(bytes.substr(stretch.begin, stretch.end - stretch.begin), stretch);
        mark_ends(cells, stretch, stretch.begin == 0);
        if (stretch.request != labelled) cells.front().begins = labelled = stretch.request;
        std::move(cells.begin(), cells.end(), std::back_inserter(all));
    }
    return all;
}

std::string label_of(std::uint64_t request, const std::vector<RequestName>& names)
{
    const auto named = std::find_if(names.begin(), names.end(), [&](const RequestName& name) {
        return name.request == request;
    });
    return named == names.end() || named->name.empty() ? std::to_string(request)
                                                       : fmt::format("{} {}", request, named->name);
}

/// How wide the request is that begins with cell `i`; one that fills a row anyhow begins anywhere.
std::size_t request_columns(const std::vector<Cell>& cells, std::size_t i)
{
    std::size_t columns = cells[i].text.size();
    for (++i; i < cells.size() && cells[i].begins == 0; ++i) columns += cells[i].text.size();
    return columns <= row_columns ? columns : 1;
}

/// Three lines on top of each other.
class Row {
public:
    [[nodiscard]] bool has_room(std::size_t columns) const
    {
        return columns_ == 0 || columns_ + columns <= row_columns;
    }
    void add(const Cell& cell, const std::vector<RequestName>& names, const TracePaint& paint);
    void end(std::vector<std::string>& lines, const TracePaint& paint);

private:
    void fit_label(std::size_t room);

    std::size_t columns_ = 0;
    std::string text_;
    std::string rule_;
    std::string labels_;
    std::string label_;  ///< the last one, not in labels_ yet
};

void Row::add(const Cell& cell, const std::vector<RequestName>& names, const TracePaint& paint)
{
    const auto painted = [&](std::string_view text) {
        return cell.kind == Stretch::Kind::line ? paint.line(text) : paint.block(text);
    };
    if (cell.begins != 0) {
        fit_label(columns_ - labels_.size());
        labels_.resize(columns_, ' ');
        label_ = label_of(cell.begins, names);
    }
    text_ += cell.is_plain ? painted(cell.text) : paint.quiet(cell.text);
    rule_ += painted(cell.rule);
    columns_ += cell.text.size();
}

/// A label that does not fit below its request is cut to the number, or left out.
void Row::fit_label(std::size_t room)
{
    if (label_.size() >= room) label_ = label_.substr(0, label_.find(' '));
    if (label_.size() < room) labels_ += label_;
    label_.clear();
}

void Row::end(std::vector<std::string>& lines, const TracePaint& paint)
{
    if (columns_ == 0) return;
    fit_label(row_columns);
    lines.push_back(text_);
    lines.push_back(rule_);
    if (!labels_.empty()) lines.push_back(paint.quiet(labels_));
    *this = {};
}

}  // namespace

std::vector<std::string> draw_ruler(std::string_view bytes, const std::vector<Stretch>& stretches,
                                    const std::vector<RequestName>& names, const TracePaint& paint)
{
    std::vector<std::string> lines;
    Row row;
    std::size_t rows = 1;
    const std::vector<Cell> cells = all_cells(bytes, stretches);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Cell& cell = cells[i];
        if (!row.has_room(cell.begins == 0 ? cell.text.size() : request_columns(cells, i))) {
            row.end(lines, paint);
            if (++rows > most_rows) {
                lines.push_back(paint.quiet("... and more that is not shown"));
                return lines;
            }
        }
        row.add(cell, names, paint);
    }
    row.end(lines, paint);
    return lines;
}

std::string shown(std::string_view bytes, const TracePaint& paint)
{
    std::string row;
    for (const Cell& cell : cells_of(bytes, {0, bytes.size(), 0, Stretch::Kind::line, false})) {
        row += cell.is_plain ? cell.text : paint.quiet(cell.text);
    }
    return row;
}

}  // namespace kv
