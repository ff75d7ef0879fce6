// encoder.h: reply -> the lines of the classic text protocol (protocol.txt).
#pragma once

#include "common/buffered_stream.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// Writes the answer to `request` into `stream`; nothing for a noreply. Throws UnwritableReply, or
/// as the stream does.
void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

}  // namespace kv::memcached
