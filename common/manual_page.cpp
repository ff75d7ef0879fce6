#include "common/manual_page.h"

#include <fmt/format.h>

namespace kv {

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
