// when_full.h: what a store does when it is full.
#pragma once

#include <cstdint>

namespace kv {

/// What happens to a write that the memory limit has no room for.
enum class WhenFull : std::uint8_t { refuse, evict };

}  // namespace kv
