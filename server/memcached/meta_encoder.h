// meta_encoder.h: reply -> the answer to a meta command (protocol.txt, "Meta Commands").
#pragma once

#include "common/buffered_stream.h"
#include "server/command/reply.h"
#include "server/memcached/meta_flags.h"

namespace kv::memcached {

/// Writes the answer, or nothing if `flags` are quiet and the answer is the ordinary one.
void write_meta_reply(BufferedStream& stream, const MetaFlags& flags, const Reply& reply);

}  // namespace kv::memcached
