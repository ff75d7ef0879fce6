// option_table.h: the options of kvcli, each with what --help says of it.
#pragma once

#include <boost/program_options/options_description.hpp>

#include <vector>

namespace kv::shell {

/// By group, for --help, completions and the manual page.
[[nodiscard]] std::vector<boost::program_options::options_description> option_groups();

}  // namespace kv::shell
