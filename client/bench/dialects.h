// dialects.h: how the two protocols spell a get and a set, and what they answer.
// Both dialects offer the same members, so that connections can be templates over them. Writers
// return the end of what they wrote; max_head_bytes is always enough room.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "client/bench/payload.h"

namespace kv::bench {

constexpr std::size_t max_head_bytes = 128;

namespace dialect_detail {

inline char* put(char* out, std::string_view text)
{
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

inline char* put(char* out, const Key& key)
{
    return put(out, {key.data(), key.size()});
}

inline char* put(char* out, std::size_t number)
{
    return std::to_chars(out, out + 20, number).ptr;
}

}  // namespace dialect_detail

/// memcached's text protocol; protocol.txt, "Storage commands" and "Retrieval command".
struct MemcachedText {
    static constexpr std::string_view name = "memcached text";
    static constexpr std::string_view stored = "STORED";
    static constexpr std::string_view miss = "END";
    static constexpr std::string_view set_tail = "\r\n";
    static constexpr std::string_view hit_tail = "\r\nEND\r\n";

    static char* write_get(char* out, const Key& key)
    {
        using dialect_detail::put;
        return put(put(put(out, "get "), key), "\r\n");
    }

    static char* write_set_head(char* out, const Key& key, std::size_t value_bytes)
    {
        using dialect_detail::put;
        out = put(put(put(out, "set "), key), " 0 0 ");
        return put(put(out, value_bytes), "\r\n");
    }

    /// The line before the value of a hit, without its line end.
    static char* write_hit_line(char* out, const Key& key, std::size_t value_bytes)
    {
        using dialect_detail::put;
        return put(put(put(put(out, "VALUE "), key), " 0 "), value_bytes);
    }

    static bool is_error(std::string_view line)
    {
        return line.starts_with("SERVER_ERROR") || line.starts_with("CLIENT_ERROR") ||
               line.starts_with("ERROR");
    }
};

/// RESP2, as Redis speaks it: commands are arrays of bulk strings.
struct Resp {
    static constexpr std::string_view name = "RESP";
    static constexpr std::string_view stored = "+OK";
    static constexpr std::string_view miss = "$-1";
    static constexpr std::string_view set_tail = "\r\n";
    static constexpr std::string_view hit_tail = "\r\n";

    static char* write_get(char* out, const Key& key)
    {
        using dialect_detail::put;
        return put(put(put(out, "*2\r\n$3\r\nGET\r\n$16\r\n"), key), "\r\n");
    }

    static char* write_set_head(char* out, const Key& key, std::size_t value_bytes)
    {
        using dialect_detail::put;
        out = put(put(put(out, "*3\r\n$3\r\nSET\r\n$16\r\n"), key), "\r\n$");
        return put(put(out, value_bytes), "\r\n");
    }

    static char* write_hit_line(char* out, const Key& /*key*/, std::size_t value_bytes)
    {
        using dialect_detail::put;
        return put(put(out, "$"), value_bytes);
    }

    static bool is_error(std::string_view line) { return line.starts_with('-'); }
};

static_assert(key_bytes == 16, "the requests above spell the length of a key out");

}  // namespace kv::bench
