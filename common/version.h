// version.h: the versions that `version`, --version and stats report.
#pragma once

#include <string_view>

namespace kv {

extern const std::string_view version;

/// The version that memcache:// reports. Clients choose their commands by the leading number, so it
/// is that of the protocol we speak, memcached 1.6.18.
extern const std::string_view memcached_version;

}  // namespace kv
