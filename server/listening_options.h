// listening_options.h: where the command line says to listen.
#pragma once

#include "server/command_line.h"

#include <boost/program_options.hpp>

#include <vector>

namespace kv {

/// Exactly the listeners that are named; when none is, the sockets we were started with, each
/// speaking what its name says (memcache if it says nothing), or else memcache and redis on
/// `default_ports`. Throws UsageError or BadUri.
[[nodiscard]] std::vector<Uri> listeners(const boost::program_options::variables_map& values,
                                         DefaultPorts default_ports);

}  // namespace kv
