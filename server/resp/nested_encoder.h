// nested_encoder.h: values that are more than bytes (command/nested.h), as RESP.
#pragma once

#include "common/buffered_stream.h"
#include "server/store/item.h"

namespace kv::resp {

/// Writes a nested value: a dictionary as a map, which in RESP2 is a flat array of keys and values,
/// a set as a set or an array, booleans and reals in RESP2 as numbers and strings. Throws as the
/// stream does.
void write_nested(BufferedStream& stream, const Item& item, int version);

}  // namespace kv::resp
