// limits.h: the bounds of the memcached text protocol.
#pragma once

#include "common/memcached_key.h"  // max_key_bytes

#include <cstddef>

namespace kv::memcached {

constexpr std::size_t max_line_bytes = 2048;  // memcached's own, for all but a get

// A get of many keys is read as a whole up to the first of these, and beyond it key by key, so that
// it takes no more memory.
constexpr std::size_t max_whole_get_bytes = std::size_t{64} << 10;
constexpr std::size_t max_get_bytes = std::size_t{64} << 20;

}  // namespace kv::memcached
