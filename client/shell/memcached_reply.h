// memcached_reply.h: one reply of the memcached text protocol, of whatever shape, as a value.
//
//   get of one key           the value, or null
//   get of several           map: key -> value or null
//   gets                     for each such value a map: value, flags, cas
//   stats                    map: name -> simple
//   a meta reply with value  array: its line, the value
//   lists (metadump, ...)    array of lines
//   a number                 integer
//   ERROR ...                error
//   any other line           simple
#pragma once

#include "client/connection.h"
#include "client/shell/speaker.h"

namespace kv::shell {

/// Reads the reply to `command`: its shape comes from its first line, but for a miss, which `get`
/// alone tells from an empty list. Throws as Connection; a line that fits nowhere is nonsense.
[[nodiscard]] resp::Value read_memcached_reply(client::Connection& connection,
                                               const Command& command);

/// Whether `line` ends a reply of several lines: END, EN, RESET.
[[nodiscard]] bool ends_memcached_reply(std::string_view line);

}  // namespace kv::shell
