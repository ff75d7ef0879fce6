// protocol.h: what Redis 7.0 lays down besides its commands: bounds, error texts, names.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kv::resp {

/// The Redis whose replies these are; clients choose their commands by it.
constexpr std::string_view redis_version = "7.0.15";

constexpr std::int64_t max_arguments = 1 << 20;                   // Redis' own, until its version 7
constexpr std::int64_t max_bulk_bytes = std::int64_t{512} << 20;  // Redis: proto-max-bulk-len
constexpr std::size_t max_inline_bytes = std::size_t{64} << 10;   // Redis: PROTO_INLINE_MAX_SIZE
constexpr std::size_t max_length_line_bytes = 32;  // "*" or "$" and the digits of a 64-bit number

/// MSET and MSETNX store their pairs as one change, which everybody else waits for.
constexpr std::size_t max_pairs = std::size_t{1} << 16;

/// What a request may have in memory before it counts against the memory limit.
constexpr std::size_t free_request_bytes = std::size_t{64} << 10;

// Error texts, word for word: clients match on them.
constexpr std::string_view syntax_error = "ERR syntax error";
constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
constexpr std::string_view not_a_float = "ERR value is not a valid float";
constexpr std::string_view bad_bit_offset = "ERR bit offset is not an integer or out of range";
constexpr std::string_view no_such_key = "ERR no such key";
constexpr std::string_view db_out_of_range = "ERR DB index is out of range";
constexpr std::string_view wrong_type =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
constexpr std::string_view out_of_memory =
    "OOM command not allowed when used memory > 'maxmemory'.";
constexpr std::string_view too_long =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

constexpr std::string_view bad_client_name =
    "ERR Client names cannot contain spaces, newlines or special characters.";

constexpr std::string_view pattern_too_long = "ERR a pattern has at most 4096 bytes";

// Redis takes empty keys and keys of 512 MB; here a key has 1 byte to 64 KiB.
constexpr std::string_view bad_key = "ERR a key has 1 to 65536 bytes";

constexpr std::size_t max_client_name_bytes = 512;

constexpr std::string_view long_client_name = "ERR Client names have at most 512 bytes.";

/// What a client may call itself: its name stands in lines that are split at blanks.
[[nodiscard]] inline bool is_client_name(std::string_view name)
{
    return std::all_of(name.begin(), name.end(),
                       [](char byte) { return byte >= '!' && byte <= '~'; });
}

}  // namespace kv::resp
