#include "common/program_options.h"

#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace kv {

namespace {

std::string word(std::istream& in)
{
    std::string text;
    in >> text;
    return text;
}

}  // namespace

std::istream& operator>>(std::istream& in, Size& size)
{
    const auto bytes = parse_size(word(in));
    if (!bytes) in.setstate(std::ios::failbit);
    size.bytes = bytes.value_or(0);
    return in;
}

std::istream& operator>>(std::istream& in, Count& count)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number || *number == 0) in.setstate(std::ios::failbit);
    count.number = number.value_or(0);
    return in;
}

std::istream& operator>>(std::istream& in, Seconds& seconds)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    seconds.time = std::chrono::seconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Milliseconds& milliseconds)
{
    constexpr std::uint32_t a_minute = 60'000;
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number || *number > a_minute) in.setstate(std::ios::failbit);
    milliseconds.time = std::chrono::milliseconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Microseconds& microseconds)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    microseconds.time = std::chrono::microseconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Descriptor& descriptor)
{
    const auto number = parse_number<std::uint16_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    descriptor.number = number ? *number : -1;
    return in;
}

std::istream& operator>>(std::istream& in, Port& port)
{
    const std::string text = word(in);
    port.number = parse_number<std::uint16_t>(text);
    if (!port.number && text != "off") in.setstate(std::ios::failbit);
    return in;
}

namespace {

namespace po = boost::program_options;

/// The edit distance: how many letters must be inserted, removed or replaced to turn `from` into
/// `to`; swapping two neighbours counts as one.
std::size_t distance(std::string_view from, std::string_view to)
{
    std::vector<std::vector<std::size_t>> rows(from.size() + 1,
                                               std::vector<std::size_t>(to.size() + 1));
    for (std::size_t i = 0; i <= from.size(); ++i) {
        for (std::size_t j = 0; j <= to.size(); ++j) {
            std::size_t& best = rows[i][j];
            best = i == 0 ? j : i;
            if (i == 0 || j == 0) continue;
            best = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                             rows[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)});
            const bool is_swapped =
                i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (is_swapped) best = std::min(best, rows[i - 2][j - 2] + 1);
        }
    }
    return rows[from.size()][to.size()];
}

}  // namespace

std::string nearest_option(std::string_view name, const po::options_description& known)
{
    std::string nearest;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const auto& option : known.options()) {
        const std::string& candidate = option->long_name();
        const bool is_begun = name.size() > 2 && candidate.starts_with(name);
        const std::size_t apart = is_begun ? 0 : distance(name, candidate);
        if (apart >= least) continue;
        least = apart;
        nearest = candidate;
    }
    return nearest;
}

std::string explained(const po::error& error, const po::options_description& known)
{
    const auto* unknown = dynamic_cast<const po::unknown_option*>(&error);
    if (unknown == nullptr) return error.what();
    const std::string option = unknown->get_option_name();
    const std::string name = option.substr(std::min(option.find_first_not_of('-'), option.size()));
    const std::string nearest = nearest_option(name, known);
    return fmt::format("there is no option '{}'{}", option,
                       nearest.empty() ? "" : fmt::format(": did you mean --{}?", nearest));
}

namespace {

OptionRow row_of(const po::option_description& option)
{
    OptionRow row;
    row.long_name = option.long_name();
    const std::string spelled = option.format_name();  // "-r [ --repeat ]" or "--repeat"
    const bool has_short = spelled.size() > 2 && spelled[1] != '-';
    row.flags = (has_short ? spelled.substr(0, 2) + ", " : "    ") + "--" + row.long_name;
    row.text = option.description();
    const std::string parameter = option.format_parameter();  // "SECONDS" or "SECONDS (=5)"
    const std::size_t space = parameter.find(" (=");
    row.value = parameter.substr(0, space);
    if (space != std::string::npos) row.text += " (default " + parameter.substr(space + 3);
    return row;
}

}  // namespace

std::vector<OptionRow> option_rows(const po::options_description& options)
{
    std::vector<OptionRow> rows;
    for (const auto& option : options.options()) rows.push_back(row_of(*option));
    return rows;
}

std::string roff(std::string_view text)
{
    std::string result;
    bool starts_line = true;
    for (const char c : text) {
        if (starts_line && (c == '.' || c == '\'')) result += "\\&";
        starts_line = c == '\n';
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else {
            result += c;
        }
    }
    return result;
}

std::string roff_item(std::string_view tag, std::string_view text)
{
    std::string lines = roff(text);
    for (std::size_t end = 0; (end = lines.find('\n', end)) != std::string::npos; end += 5) {
        lines.replace(end, 1, "\n.br\n");
    }
    return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(tag), lines);
}

std::string roff_options(const po::options_description& options)
{
    std::string page;
    for (const OptionRow& row : option_rows(options)) {
        const std::string flags = row.flags.substr(row.flags.find_first_not_of(' '));
        page += roff_item(row.value.empty() ? flags : flags + " " + row.value, row.text);
    }
    return page;
}

namespace {

/// The line at the beginning of `text`, which it is taken from.
std::string_view take_line(std::string_view& text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// Program_options keeps it to itself, but prints it.
std::string caption_of(const po::options_description& group)
{
    std::ostringstream printed;
    printed << group;
    const std::string text = printed.str();
    return text.starts_with(' ') ? std::string() : text.substr(0, text.find(":\n"));
}

/// Each way to call a program, from "Usage: " to an empty line.
std::string roff_synopsis(std::string_view& text)
{
    constexpr std::string_view mark = "Usage: ";
    std::string synopsis;
    for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
        line.remove_prefix(std::min(mark.size(), line.size()));
        const std::size_t end = std::min(line.find(' '), line.size());
        synopsis +=
            fmt::format("\\fB{}\\fR{}\n.br\n", roff(line.substr(0, end)), roff(line.substr(end)));
    }
    return synopsis;
}

/// Lines that begin with blanks are examples and tables, and stay as they are.
std::string roff_text(std::string_view text)
{
    constexpr std::string_view exit_status = "Exit status: ";
    std::string roffed;
    bool in_table = false;
    while (!text.empty()) {
        std::string_view line = take_line(text);
        const bool is_table = line.starts_with(' ') || (in_table && text.starts_with(' '));
        if (is_table != in_table) roffed += is_table ? ".nf\n" : ".fi\n";
        in_table = is_table;
        if (line.starts_with(exit_status)) {
            roffed += ".SH EXIT STATUS\n";
            line.remove_prefix(exit_status.size());
        }
        const bool ends_paragraph = line.empty() && !in_table && !text.empty();
        roffed += ends_paragraph ? ".PP\n" : roff(line) + "\n";
    }
    return roffed + (in_table ? ".fi\n" : "");
}

}  // namespace

std::string roff_head(std::string_view program, std::string_view purpose)
{
    return fmt::format(".TH {} 1\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n", in_capitals(program), program,
                       roff(purpose));
}

std::string roff_tail(std::string_view program)
{
    std::string others;
    for (const std::string_view other : {"kvserver", "kvcli", "kvbench", "kvcheck"}) {
        if (other == program) continue;
        others += fmt::format("{}\n.BR {} (1)", others.empty() ? "" : ",", other);
    }
    return ".SH SEE ALSO" + others + "\n";
}

std::string roff_page(const ManualPage& page)
{
    std::string_view text = page.introduction;
    std::string roffed = roff_head(page.program, page.purpose);
    roffed += ".SH SYNOPSIS\n" + roff_synopsis(text);
    roffed += ".SH DESCRIPTION\n" + roff_text(text) + ".SH OPTIONS\n";
    for (const po::options_description& group : page.options) {
        const std::string caption = caption_of(group);
        if (page.options.size() > 1) {
            roffed += fmt::format(".SS {}\n", caption.empty() ? "Other" : caption);
        }
        roffed += roff_options(group);
    }
    std::string_view conclusion = page.conclusion;
    while (conclusion.starts_with('\n')) conclusion.remove_prefix(1);
    if (!conclusion.starts_with("Exit status: ")) roffed += ".SH NOTES\n";
    return roffed + roff_text(conclusion) + std::string(page.rest) + roff_tail(page.program);
}

}  // namespace kv
