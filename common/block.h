// block.h: a block of announced length, read without trusting the announcement.
#pragma once

#include "common/buffered_stream.h"

#include <cstdint>
#include <string>

namespace kv {

/// The next `size` bytes, which the caller has compared with a limit. Memory grows with the bytes
/// that arrive, whatever length was announced. Throws as read_exactly.
[[nodiscard]] std::string read_block(BufferedStream& stream, std::uint64_t size);

}  // namespace kv
