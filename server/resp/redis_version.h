// redis_version.h: the Redis whose replies these are; clients choose their commands by it.
#pragma once

#include <string_view>

namespace kv::resp {

constexpr std::string_view redis_version = "7.0.15";

}  // namespace kv::resp
