// meta_encoder.h: reply -> the answer to a meta command (protocol.txt, "Meta Commands").
#pragma once

#include "common/buffered_stream.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// Writes the answer, or nothing if the request is quiet and the answer is the ordinary one. Throws
/// UnwritableReply, or as the stream does.
void write_meta_reply(BufferedStream& stream, const Request& request, const Reply& reply);

}  // namespace kv::memcached
