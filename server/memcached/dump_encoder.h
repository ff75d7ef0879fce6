// dump_encoder.h: a step of a walk over all items -> lines of lru_crawler metadump and mgdump.
#pragma once

#include "common/buffered_stream.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// Writes a line an item, and the end if this was the last step. Items that memcached could not
/// name (a key of more than 250 bytes) are left out.
void write_dump(BufferedStream& stream, DumpForm form, const WalkStep& step);

}  // namespace kv::memcached
