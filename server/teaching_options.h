// teaching_options.h: what is there for lessons and tests alone.
#pragma once

#include "server/options.h"

#include <boost/program_options/variables_map.hpp>

namespace kv {

/// Sets `trace`, `virtual_clock` and `impairment` of `options`, whose listeners are set already.
/// Throws UsageError when a clock is to be turned, or a connection made worse, by other machines.
void read_teaching_options(const boost::program_options::variables_map& values, Options& options);

}  // namespace kv
