#include "server/net/trace_ruler.h"

#include "common/log.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv {

namespace {

constexpr std::size_t most_name_bytes = 40;
constexpr std::uint64_t most_words_in_name = 2;

std::string first_two_words(std::string_view line)
{
    const std::string_view first = take_word(line);
    const std::string_view second = take_word(line);
    std::string name(first.substr(0, most_name_bytes));
    if (!second.empty()) name.append(" ").append(second.substr(0, most_name_bytes));
    return name;
}

/// Whether a line only announces a count or a length.
bool states_a_count(std::string_view line)
{
    return line.starts_with('*') || line.starts_with('$') || line.starts_with('%');
}

}  // namespace

/// A line or block that the last read left unfinished goes on in this one.
void TraceMap::read(std::string_view bytes)
{
    open_line_ += bytes_.size() - taken_;
    bytes_ = bytes;
    taken_ = 0;
    stretches_.clear();
    take_block();
}

void TraceMap::line_taken(std::string_view line, std::size_t bytes)
{
    add(bytes - static_cast<std::size_t>(open_line_), Stretch::Kind::line, true);
    open_line_ = 0;
    begin_word(line);
}

void TraceMap::begin_word(std::string_view line)
{
    block_bytes_ = 0;
    block_done_ = 0;
    block_begun_ = false;
    if (line.starts_with('*') && !counts_words_) {
        counts_words_ = true;
        words_ = escaped(line.substr(1), 8);
    } else if (states_a_count(line)) {
        ++word_;
        block_bytes_ = parse_number<std::uint64_t>(line.substr(1)).value_or(0);
    } else if (name_.empty()) {
        name_ = first_two_words(line);
    }
}

void TraceMap::block_begins(std::uint64_t bytes)
{
    if (!block_begun_ && block_bytes_ == 0) block_bytes_ = bytes;
    in_line_end_ = block_begun_ && block_done_ >= block_bytes_;
    block_begun_ = true;
    block_left_ = bytes;
    take_block();
}

/// The bytes of the present block that have arrived.
void TraceMap::take_block()
{
    if (block_left_ == 0) return;
    const auto here =
        static_cast<std::size_t>(std::min<std::uint64_t>(block_left_, bytes_.size() - taken_));
    const std::string_view piece = std::string_view(bytes_).substr(taken_, here);
    block_left_ -= here;
    if (!in_line_end_) {
        block_done_ += here;
        const bool is_name = word_ > 0 && word_ <= most_words_in_name;
        if (is_name && here > 0 && name_.size() < most_name_bytes) {
            if (word_ == most_words_in_name && block_done_ == here) name_ += ' ';
            name_.append(piece.substr(0, most_name_bytes - name_.size()));
        }
    }
    add(here, in_line_end_ ? Stretch::Kind::line : Stretch::Kind::block, block_left_ == 0);
}

void TraceMap::add(std::size_t count, Stretch::Kind kind, bool ends_part)
{
    if (count == 0) return;
    stretches_.push_back({taken_, taken_ + count, request_, kind, !begun(), ends_part});
    begun_ = true;
    taken_ += count;
}

/// Bytes that the stream took without a report are a block.
bool TraceMap::message_ended(std::size_t unread)
{
    const std::size_t end = bytes_.size() - std::min(unread, bytes_.size());
    if (end > taken_) add(end - taken_, Stretch::Kind::block, true);
    if (!begun()) return false;
    if (!stretches_.empty() && stretches_.back().request == request_) {
        stretches_.back().ends_part = true;
        stretches_.back().ends_request = true;
    }
    forget_request();
    return true;
}

void TraceMap::forget_request()
{
    ++request_;
    begun_ = false;
    open_line_ = 0;
    block_left_ = block_bytes_ = block_done_ = 0;
    block_begun_ = in_line_end_ = counts_words_ = false;
    words_.clear();
    word_ = 0;
    name_.clear();
}

std::vector<Stretch> TraceMap::stretches() const
{
    auto all = stretches_;
    if (taken_ < bytes_.size()) {
        all.push_back({taken_, bytes_.size(), request_, Stretch::Kind::line, !begun()});
    }
    return all;
}

std::string TraceMap::name() const
{
    return escaped(name_);
}

bool TraceMap::ended_inside_a_request() const
{
    return begun() || taken_ < bytes_.size();
}

std::string TraceMap::where_it_ended() const
{
    if (!ended_inside_a_request()) return fmt::format("where request {} ended", request_ - 1);
    if (block_left_ > 0) return present_block();
    const std::string of = name_.empty() ? std::string() : fmt::format(" of `{}`", name());
    if (taken_ == bytes_.size() && open_line_ == 0) {
        return fmt::format("between two parts of request {}{}", request_, of);
    }
    if (!begun_) return fmt::format("inside the first line of request {}", request_);
    return fmt::format("inside a line{}, in request {}", of, request_);
}

std::string TraceMap::present_block() const
{
    const std::string what = counts_words_ || word_ > 0 ? word_number() : "the value";
    const std::string of = name_.empty() ? std::string() : fmt::format(" of `{}`", name());
    if (in_line_end_) return fmt::format("before the end of the line after {}{}", what, of);
    return fmt::format("{} {}{}, {} of {} bytes", block_done_ == 0 ? "before" : "inside", what, of,
                       block_done_, std::max(block_bytes_, block_done_ + block_left_));
}

std::string TraceMap::word_number() const
{
    if (words_.empty()) return fmt::format("word {}", word_);
    return fmt::format("word {} (of {})", word_, words_);
}

namespace {

constexpr std::size_t most_rows = 6;

// A long line or block is shown by its ends only.
constexpr std::size_t longest_shown = 48;
constexpr std::size_t shown_at_begin = 32;
constexpr std::size_t shown_at_end = 8;

/// One byte as shown, or a mark for bytes left out; and the ruler below it.
struct Cell {
    std::string text;
    std::string rule;
    Stretch::Kind kind;
    std::uint64_t begins = 0;  ///< the request whose label begins here
    bool is_plain = true;      ///< the byte is shown as itself
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

/// The cells of a stretch, without its middle when it is long, over a plain ruler.
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

/// Where an end and a beginning share a column, the end is shown.
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

/// The width of the request that begins with cell `i`; one too wide for a row may begin anywhere.
std::size_t request_columns(const std::vector<Cell>& cells, std::size_t i, std::size_t row_columns)
{
    std::size_t columns = cells[i].text.size();
    for (++i; i < cells.size() && cells[i].begins == 0; ++i) columns += cells[i].text.size();
    return columns <= row_columns ? columns : 1;
}

/// One row: three lines, one above the other.
class RulerLine {
public:
    explicit RulerLine(std::size_t row_columns) : row_columns_(row_columns) {}

    [[nodiscard]] bool has_room(std::size_t columns) const
    {
        return columns_ == 0 || columns_ + columns <= row_columns_;
    }
    void add(const Cell& cell, const std::vector<RequestName>& names, const TracePaint& paint);
    void end(std::vector<std::string>& lines, const TracePaint& paint);

private:
    void fit_label(std::size_t room);

    std::size_t row_columns_;
    std::size_t columns_ = 0;
    std::string text_;
    std::string rule_;
    std::string labels_;
    std::string label_;  ///< the last label, not in labels_ yet
};

void RulerLine::add(const Cell& cell, const std::vector<RequestName>& names,
                    const TracePaint& paint)
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

/// A label that does not fit under its request is shortened to the number, or left out.
void RulerLine::fit_label(std::size_t room)
{
    if (label_.size() >= room) label_ = label_.substr(0, label_.find(' '));
    if (label_.size() < room) labels_ += label_;
    label_.clear();
}

void RulerLine::end(std::vector<std::string>& lines, const TracePaint& paint)
{
    if (columns_ == 0) return;
    fit_label(row_columns_ - labels_.size() + 1);
    lines.push_back(text_);
    lines.push_back(rule_);
    if (!labels_.empty()) lines.push_back(paint.quiet(labels_));
    *this = RulerLine(row_columns_);
}

}  // namespace

std::vector<std::string> draw_ruler(std::string_view bytes, const std::vector<Stretch>& stretches,
                                    const std::vector<RequestName>& names, const TracePaint& paint,
                                    std::size_t columns)
{
    std::vector<std::string> lines;
    RulerLine row(columns);
    std::size_t rows = 1;
    const std::vector<Cell> cells = all_cells(bytes, stretches);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Cell& cell = cells[i];
        if (!row.has_room(cell.begins == 0 ? cell.text.size()
                                           : request_columns(cells, i, columns))) {
            row.end(lines, paint);
            if (++rows > most_rows) {
                lines.push_back(paint.quiet("... and more, not shown"));
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
