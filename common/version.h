// version.h: what `version`, --version and stats answer.
#pragma once

#include <string_view>

namespace kv {

extern const std::string_view version;

/// What the memcached dialect answers. Clients decide by the number in front what they may ask for,
/// and what we speak is memcached's 1.6.18.
extern const std::string_view memcached_version;

}  // namespace kv
