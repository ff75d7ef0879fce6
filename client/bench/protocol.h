// protocol.h: encodes a get and a set in both protocols, and checks their replies.
#pragma once

#include "client/bench/keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

// Both dialects have the same members, so that connections can be templates over them. Writers
// return the end of their output; max_head_bytes always suffices.

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

static_assert(key_bytes == 16, "the requests above contain the length of a key");

struct Request {
    std::uint32_t key;
    bool is_set;
};

enum class Reply {
    incomplete,  ///< all input is consumed; more is needed
    stored,
    hit,      ///< the right value, byte for byte
    miss,     ///< no value under this key
    refused,  ///< an error of the protocol, such as "out of memory"; see last_line()
    wrong,    ///< anything else: the connection is out of sync and unusable
};

/// Reads the replies of one connection, in the order of its requests. It knows the expected values,
/// so it does not parse replies: it checks one line, and compares the value as it arrives, in
/// pieces of any size. Used by one thread.
template <class Dialect>
class ReplyReader {
public:
    /// Consumes `input` up to the end of the reply to `request`, or all of it.
    Reply read(std::string_view& input, const Request& request, const Payload& payload)
    {
        if (part_ == Part::line) {
            const auto line = take_line(input);
            if (!line) return Reply::incomplete;
            const Reply reply = judge(*line, request, payload);
            if (reply != Reply::hit) return reply;
            begin(Part::value);
        }
        if (part_ == Part::value) {
            const std::string_view value = payload.value(request.key);
            if (!match(input, value)) return Reply::wrong;
            if (matched_ < value.size()) return Reply::incomplete;
            begin(Part::tail);
        }
        if (!match(input, Dialect::hit_tail)) return Reply::wrong;
        if (matched_ < Dialect::hit_tail.size()) return Reply::incomplete;
        begin(Part::line);
        return Reply::hit;
    }

    /// The beginning of the last line checked, for messages.
    [[nodiscard]] std::string_view last_line() const { return {kept_.data(), judged_bytes_}; }

    /// What was wrong with the reply to the request named by `verb` and `key`.
    [[nodiscard]] std::string fault(std::string_view verb, std::string_view key) const
    {
        std::string text = "wrong reply to " + std::string(verb) + std::string(key) + ": ";
        if (part_ == Part::value) return text + "the value differs from what was stored";
        if (part_ == Part::tail) return text + "the value is not followed by its line end";
        for (const char c : last_line()) text += c >= ' ' && c <= '~' ? c : '?';
        return text;
    }

private:
    enum class Part { line, value, tail };

    void begin(Part part)
    {
        part_ = part;
        matched_ = 0;
    }

    // The next line without its end. It is copied only when it arrives in pieces, and then only as
    // far as it fits: a longer line is an error text, whose beginning suffices.
    std::optional<std::string_view> take_line(std::string_view& input)
    {
        const auto end = input.find('\n');
        const std::string_view piece = input.substr(0, end);
        if (end != std::string_view::npos && kept_bytes_ == 0) {
            input.remove_prefix(end + 1);
            return without_cr(piece);
        }
        const std::size_t room = std::min(piece.size(), kept_.size() - kept_bytes_);
        if (room != 0) std::memcpy(kept_.data() + kept_bytes_, piece.data(), room);
        kept_bytes_ += room;
        input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
        if (end == std::string_view::npos) return std::nullopt;
        return without_cr({kept_.data(), std::exchange(kept_bytes_, 0)});
    }

    static std::string_view without_cr(std::string_view line)
    {
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    Reply judge(std::string_view line, const Request& request, const Payload& payload)
    {
        if (request.is_set) {
            if (line == Dialect::stored) return Reply::stored;
        } else {
            std::array<char, max_head_bytes> right;
            const std::size_t value_bytes = payload.value(request.key).size();
            char* const end =
                Dialect::write_hit_line(right.data(), payload.key(request.key), value_bytes);
            if (line == std::string_view(right.data(), end)) return Reply::hit;
            if (line == Dialect::miss) return Reply::miss;
        }
        judged_bytes_ = std::min(line.size(), kept_.size());
        std::memmove(kept_.data(), line.data(), judged_bytes_);
        return Dialect::is_error(line) ? Reply::refused : Reply::wrong;
    }

    bool match(std::string_view& input, std::string_view right)
    {
        const std::size_t bytes = std::min(input.size(), right.size() - matched_);
        if (std::memcmp(input.data(), right.data() + matched_, bytes) != 0) return false;
        matched_ += bytes;
        input.remove_prefix(bytes);
        return true;
    }

    Part part_ = Part::line;
    std::size_t matched_ = 0;       // bytes of the present value or tail
    std::size_t kept_bytes_ = 0;    // of an unfinished line
    std::size_t judged_bytes_ = 0;  // of the line last_line() shows
    std::array<char, 160> kept_;
};

}  // namespace kv::bench
