// version.h: what `version`, --version and stats answer.
#pragma once

#include <string_view>

namespace kv {

extern const std::string_view version;

/// What memcache:// answers. Clients choose their commands by the number in front, and the protocol
/// here is that of memcached 1.6.18.
extern const std::string_view memcached_version;

}  // namespace kv
