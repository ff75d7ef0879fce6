// options.h: the command line of kvcli.
#pragma once

#include "client/client_options.h"
#include "client/shell/output.h"
#include "client/shell/session.h"
#include "client/shell/speaker.h"

#include <boost/program_options/options_description.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace kv::shell {

/// The modes other than running commands.
enum class Mode { commands, stat, latency, scan, bigkeys, monitor };

struct Options {
    Address server;
    Command command;  ///< empty: read commands from standard input
    Mode mode = Mode::commands;
    ClientOptions client;
    std::optional<Format> format;         ///< unset: pretty on a terminal, plain elsewhere
    std::optional<double> wait_seconds;   ///< how long to keep trying to connect
    std::optional<std::uint64_t> repeat;  ///< 0: until interrupted
    std::optional<double> interval_seconds;
    bool value_from_stdin = false;
    bool wire = false;
    bool yes = false;  ///< ask no questions
    std::string pattern = "*";
    std::string type;
};

/// Parses the command line (without the program's name). The command begins with the first word
/// that is neither an option, nor an option's value, nor a URI; all words after it belong to it, so
/// `incr k -1` needs no quotes. nullopt: --help, --version or --generate, whose text is in `out`.
/// Throws UsageError.
[[nodiscard]] std::optional<Options> read_options(const std::vector<std::string>& arguments,
                                                  std::ostream& out);

/// By group, for --help, completions and the manual page.
[[nodiscard]] std::vector<boost::program_options::options_description> option_groups();

}  // namespace kv::shell
