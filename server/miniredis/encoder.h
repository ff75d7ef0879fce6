// encoder.h: replies as miniredis:// writes them.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/execute.h"
#include "server/miniredis/dialect.h"

namespace kv::miniredis {

/// A real is written as its shortest text; true and false as 1 and 0; tuples and sets as arrays; an
/// integer with more digits than integer.h converts as a hexadecimal string. Throws
/// UnwritableReply, or as the stream.
void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

}  // namespace kv::miniredis
