// command_line.h: what the command line, the environment and a file say.
#pragma once

#include "server/options.h"

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace kv {

/// The command line, the environment or the file is wrong; the text says where and how.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where it listens when nothing says.
struct DefaultPorts {
    std::uint16_t memcache = 11211;
    std::uint16_t redis = 31337;
};

/// Reads the command line, then KVSERVER_... variables, then the --config file: what comes first
/// wins. nullopt: --help or --version was asked for and has been printed to stdout.
/// Throws UsageError.
[[nodiscard]] std::optional<Options> parse_options(int argc, const char* const* argv,
                                                   DefaultPorts ports = {});

}  // namespace kv
