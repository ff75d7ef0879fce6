#include "common/program_options.h"

#include "common/parse_number.h"

#include <fmt/format.h>

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
    return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(tag), roff(text));
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

}  // namespace kv
