// option_sources.h: where the values of options come from: the command line, the environment, a
// file.
#pragma once

#include <boost/program_options.hpp>

namespace kv {

/// What the three places say of the `known` options. The command line wins over the environment
/// (KVSERVER_MAX_CLIENTS=100), and that over the file that --config names (lines such as
/// max-clients = 100). Throws boost::program_options::error.
[[nodiscard]] boost::program_options::variables_map read_options(
    int argc, const char* const* argv, const boost::program_options::options_description& known);

}  // namespace kv
