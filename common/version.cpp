#include "common/version.h"

namespace kv {

const std::string_view version = KV_VERSION;  // from the project() line of CMakeLists.txt

const std::string_view memcached_version = "1.6.18-kvserver-" KV_VERSION;

}  // namespace kv
