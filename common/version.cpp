#include "common/version.h"

namespace kv {

const std::string_view version = KV_VERSION;  // from the project() line of CMakeLists.txt

}  // namespace kv
