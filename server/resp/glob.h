// glob.h: patterns of keys, as KEYS and SCAN take them.
#pragma once

#include <string_view>

namespace kv::resp {

/// Whether `text` matches `pattern`: * any bytes, ? one byte, [abc] [a-z] [^a] one of a class,
/// \x the byte x (redis.io/commands/keys). Without recursion, in time of at most the product of
/// both lengths, whatever the pattern.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace kv::resp
