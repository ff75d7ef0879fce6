// option_table.h: every option of kvserver, as --help and the man page describe it.
#pragma once

#include <boost/program_options/options_description.hpp>

#include <string_view>

namespace kv {

/// All options, in groups, with their defaults; README's table says the same at more length.
[[nodiscard]] boost::program_options::options_description describe_options();

/// What --help says before and after them.
extern const std::string_view usage_introduction;
extern const std::string_view usage_conclusion;

}  // namespace kv
