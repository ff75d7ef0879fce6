// command_line.h: reads options from the command line, the environment and a file; --help.
#pragma once

#include "server/launch/start.h"
#include "server/options.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace boost::program_options {
class options_description;
}

namespace kv {

/// A mistake in the command line, the environment or the file; the text says where and what.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The ports of the default listeners.
struct DefaultPorts {
    std::uint16_t memcache = 11211;
    std::uint16_t redis = 31337;
};

struct CommandLine {
    Options options;
    LaunchOptions launch;
};

/// Reads the command line, then KVSERVER_... variables, then the --config file (lines such as
/// max-clients = 100); the first that sets an option wins. nullopt: --help or --version, printed to
/// stdout. Throws UsageError, which names the option and, outside the command line, the variable or
/// the file and its line.
[[nodiscard]] std::optional<CommandLine> parse_command_line(int argc, const char* const* argv,
                                                            DefaultPorts ports = {});

/// All options, in groups, with their defaults; OPTIONS.md says the same.
[[nodiscard]] boost::program_options::options_description describe_options();
[[nodiscard]] std::vector<boost::program_options::options_description> option_groups();

/// The text of --help before and after them.
extern const std::string_view usage_introduction;
extern const std::string_view usage_conclusion;

}  // namespace kv
