// option_table.h: the options about launching, as --help describes them and as they are read.
#pragma once

#include "server/launch/options.h"

#include <boost/program_options.hpp>

namespace kv {

[[nodiscard]] boost::program_options::options_description describe_launching();

[[nodiscard]] LaunchOptions launch_options_from(
    const boost::program_options::variables_map& values);

}  // namespace kv
