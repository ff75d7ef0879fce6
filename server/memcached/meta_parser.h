// meta_parser.h: a meta command's line (protocol.txt, "Meta Commands") -> request.
#pragma once

#include "server/memcached/parser.h"

namespace kv::memcached {

/// Whether `name` is one of mg, ms, md, ma, me, mn.
[[nodiscard]] bool is_meta(std::string_view name);

/// REQUIRES: is_meta() of the line's first word. A key in base64 is decoded
/// into `key_room`; the others are views into the line.
void parse_meta_line(std::string_view line, KeyRoom& key_room, Request& request);

}  // namespace kv::memcached
