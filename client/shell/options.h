// options.h: the command line of kvcli.
#pragma once

#include "client/client_options.h"
#include "client/shell/printer.h"
#include "client/shell/speaker.h"
#include "common/uri.h"

#include <iosfwd>
#include <optional>
#include <span>

namespace kv::shell {

/// argv in three parts. The command begins with the first word that is neither an option, nor an
/// option's value, nor a URI; from there on every word belongs to it, so `incr k -1` needs no
/// quotes.
struct SplitArguments {
    std::vector<std::string> options;
    std::optional<std::string> uri;
    Command command;
};

struct Options {
    Uri uri;
    Command command;  ///< empty: read commands from standard input
    ClientOptions client;
    std::optional<Format> format;
};

/// Splits and reads the command line (without the program's name). nullopt: it asked for --help or
/// --version, and `out` has the answer. Throws UsageError.
[[nodiscard]] std::optional<Options> read_options(const std::vector<std::string>& arguments,
                                                  std::ostream& out);

}  // namespace kv::shell
