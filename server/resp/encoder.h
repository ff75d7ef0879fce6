// encoder.h: reply -> RESP2 or RESP3 (redis.io, "Redis serialization protocol specification").
#pragma once

#include "common/buffered_stream.h"
#include "server/resp/reply.h"

namespace kv::resp {

/// Writes `reply` into `stream` in the protocol's `version`, 2 or 3. Throws as the stream does.
void write_reply(BufferedStream& stream, const Reply& reply, int version);

}  // namespace kv::resp
