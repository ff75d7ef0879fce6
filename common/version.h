// version.h: what `version`, --version and stats answer.
#pragma once

#include <string_view>

namespace kv {

extern const std::string_view version;

}  // namespace kv
