// limits.h: the bounds of the memcached text protocol.
#pragma once

#include "common/memcached_key.h"  // max_key_bytes

#include <cstddef>

namespace kv::memcached {

constexpr std::size_t max_line_bytes = 2048;  // memcached's own, for all but a get
constexpr std::size_t max_get_line_bytes = std::size_t{64} << 10;  // a get of many keys

}  // namespace kv::memcached
