// program_options.h: types of option values, and the parts of a manual page that are generated from
// a program's tables, as roff.
#pragma once

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>

#include <chrono>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

// Each reads one whole word; anything else sets failbit, which Program_options reports as an
// invalid value, naming the option.

/// Bytes, or k, m, g for powers of 1,024, with or without a b: "64m", "2gb".
struct Size {
    std::uint64_t bytes = 0;
};
std::istream& operator>>(std::istream& in, Size& size);

/// A count, at least 1.
struct Count {
    std::uint32_t number = 0;
};
std::istream& operator>>(std::istream& in, Count& count);

/// Whole seconds.
struct Seconds {
    std::chrono::milliseconds time{0};
};
std::istream& operator>>(std::istream& in, Seconds& seconds);

/// Whole milliseconds, up to a minute.
struct Milliseconds {
    std::chrono::milliseconds time{0};
};
std::istream& operator>>(std::istream& in, Milliseconds& milliseconds);

/// Whole microseconds.
struct Microseconds {
    std::chrono::microseconds time{0};
};
std::istream& operator>>(std::istream& in, Microseconds& microseconds);

/// A file descriptor.
struct Descriptor {
    int number = -1;
};
std::istream& operator>>(std::istream& in, Descriptor& descriptor);

/// A port from 0 to 65535, or "off".
struct Port {
    std::optional<std::uint16_t> number;
};
std::istream& operator>>(std::istream& in, Port& port);

/// The message for a wrong command line; it suggests the option nearest to an unknown one.
[[nodiscard]] std::string explained(const boost::program_options::error& error,
                                    const boost::program_options::options_description& known);

/// The option whose name is most similar to `name`; "" when none is similar.
[[nodiscard]] std::string nearest_option(std::string_view name,
                                         const boost::program_options::options_description& known);

/// An option, as the help text shows it.
struct OptionRow {
    std::string long_name;  ///< "repeat"
    std::string flags;      ///< "-r, --repeat", indented when there is no short form
    std::string value;      ///< "N"; empty for a switch
    std::string text;       ///< description and default
};

[[nodiscard]] std::vector<OptionRow> option_rows(
    const boost::program_options::options_description& options);

/// `text` escaped so that roff prints it unchanged: backslashes, hyphens, and lines that look like
/// a request.
[[nodiscard]] std::string roff(std::string_view text);

/// A paragraph with a hanging tag in bold.
[[nodiscard]] std::string roff_item(std::string_view tag, std::string_view text);

/// A paragraph for each option.
[[nodiscard]] std::string roff_options(const boost::program_options::options_description& options);

/// A program's page of section 1, from the texts that --help prints.
struct ManualPage {
    std::string_view program;
    std::string_view purpose;       ///< in a few words, for NAME
    std::string_view introduction;  ///< "Usage: ..." with a line for each way to call it, an empty
                                    ///< line, then the description
    std::vector<boost::program_options::options_description> options;  ///< a subsection each
    std::string_view conclusion;  ///< a line "Exit status: ..." begins the section of that name
    std::string_view rest = {};   ///< sections of its own, in roff
};

[[nodiscard]] std::string roff_page(const ManualPage& page);

/// How every page begins and ends. (Ragged lines without hyphens, or addresses are torn apart.)
[[nodiscard]] std::string roff_head(std::string_view program, std::string_view purpose);
[[nodiscard]] std::string roff_tail(std::string_view program);

}  // namespace kv
