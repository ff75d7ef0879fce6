// keys_ahead.h: which keys the requests that have come already are about.
#pragma once

#include "server/command/keys_ahead.h"

namespace kv::resp {

/// The second words of the arrays in `unread`, until one that has none or has not come whole: in
/// the commands that clients send many of at once that is the key. (MGET looks its keys up together
/// by itself.)
[[nodiscard]] KeysAhead keys_ahead(std::string_view unread);

}  // namespace kv::resp
