// manual_page.h: the parts of a manual page that come from a program's own tables, as roff.
#pragma once

#include <boost/program_options/options_description.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// An option, as a person reads it.
struct OptionRow {
    std::string long_name;  ///< "repeat"
    std::string flags;      ///< "-r, --repeat", indented when there is no short form
    std::string value;      ///< "N"; empty for a switch
    std::string text;       ///< what it does, with its default
};

[[nodiscard]] std::vector<OptionRow> option_rows(
    const boost::program_options::options_description& options);

/// `text` as roff prints it unchanged: backslashes and hyphens escaped, no line taken for a
/// request.
[[nodiscard]] std::string roff(std::string_view text);

/// A paragraph whose tag, in bold, hangs before it.
[[nodiscard]] std::string roff_item(std::string_view tag, std::string_view text);

/// An item for each option.
[[nodiscard]] std::string roff_options(const boost::program_options::options_description& options);

}  // namespace kv
