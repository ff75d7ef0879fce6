// errors.h: the error texts of Redis 7.0, word for word: its clients match on them.
#pragma once

#include <string_view>

namespace kv::resp {

constexpr std::string_view syntax_error = "ERR syntax error";
constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
constexpr std::string_view not_a_float = "ERR value is not a valid float";
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

// Redis takes empty keys and keys of 512 MB; here a key has 1 byte to 64 KiB.
constexpr std::string_view bad_key = "ERR a key has 1 to 65536 bytes";

}  // namespace kv::resp
