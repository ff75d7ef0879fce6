// limits.h: the bounds of a Redis request.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kv::resp {

constexpr std::int64_t max_arguments = 1 << 20;                   // Redis' own, until its version 7
constexpr std::int64_t max_bulk_bytes = std::int64_t{512} << 20;  // Redis: proto-max-bulk-len
constexpr std::size_t max_inline_bytes = std::size_t{64} << 10;   // Redis: PROTO_INLINE_MAX_SIZE
constexpr std::size_t max_length_line_bytes = 32;  // "*" or "$" and the digits of a 64-bit number

/// What a request may have in memory before it counts against the memory limit.
constexpr std::size_t free_request_bytes = std::size_t{64} << 10;

}  // namespace kv::resp
