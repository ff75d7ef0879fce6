// teaching_options.h: --trace, and the switches that make a connection worse on purpose.
#pragma once

#include "server/options.h"

#include <boost/program_options/variables_map.hpp>

namespace kv {

/// Sets `trace` and `impairment` of `options`, whose listeners are set already. Throws UsageError
/// when a connection is to be made worse on an address that other machines reach.
void read_teaching_options(const boost::program_options::variables_map& values, Options& options);

}  // namespace kv
