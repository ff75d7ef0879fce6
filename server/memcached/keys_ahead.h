// keys_ahead.h: which keys the command lines that have come already are about.
#pragma once

#include "server/command/keys_ahead.h"

namespace kv::memcached {

/// The words of `get_keys`, then the keys of the lines in `unread`, until one that has not come
/// whole or is none of the usual commands.
[[nodiscard]] KeysAhead keys_ahead(std::string_view get_keys, std::string_view unread);

}  // namespace kv::memcached
