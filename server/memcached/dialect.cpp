#include "server/memcached/dialect.h"

#include "common/words.h"
#include "server/memcached/encoder.h"
#include "server/memcached/limits.h"

#include <algorithm>
#include <array>
#include <string>

namespace kv::memcached {

namespace {

/// How long a line that starts like this may be. A TLS hello has no line end to wait for, and no
/// command starts with its first byte.
std::size_t line_limit(std::string_view start)
{
    constexpr char tls_handshake = '\x16';
    if (start.size() <= max_line_bytes)
        return start.starts_with(tls_handshake) ? 0 : max_line_bytes;
    const bool is_get = start.starts_with("get") || start.starts_with("gat");
    return is_get ? max_get_line_bytes : max_line_bytes;
}

}  // namespace

std::optional<Request> Dialect::read_request(BufferedStream& stream)
{
    if (!get_.keys.empty()) return next_key();
    try {
        auto line = stream.read_line(line_limit);
        if (std::exchange(drop_line_end_, false) && line && line->empty()) {
            line = stream.read_line(line_limit);
        }
        if (!line) return std::nullopt;
        return std::visit([&](auto&& parsed) { return read(stream, std::move(parsed)); },
                          parse_line(*line));
    } catch (const LineTooLong&) {
        return reject("CLIENT_ERROR line too long", false, true);
    }
}

Request Dialect::read(BufferedStream&, Request&& request)
{
    return std::move(request);
}

Request Dialect::read(BufferedStream&, const GetLine& line)
{
    get_ = line;
    return next_key();
}

Request Dialect::next_key()
{
    const std::string_view key = take_word(get_.keys);
    // Blanks may follow the last key: they are not one more.
    if (get_.keys.find_first_not_of(' ') == std::string_view::npos) get_.keys = {};
    Request request = get_.touch ? Request{GetAndTouch{key, *get_.touch}} : Request{Get{key}};
    request.with_cas = get_.with_cas;
    request.more_keys = !get_.keys.empty();
    return request;
}

/// The key is copied into the draft before the data is read: the line is gone with that read.
Request Dialect::read(BufferedStream& stream, const PutLine& line)
{
    const PutLine put = line;
    const std::uint64_t block_bytes = put.value_bytes + (put.bare ? 0 : 2);
    drop_line_end_ = put.bare;
    if (put.value_bytes > max_item_bytes_) {
        stream.skip(block_bytes);
        return reject("SERVER_ERROR object too large for cache", put.noreply);
    }
    auto draft = drafts_.draft(put.key, put.value_bytes);
    if (!draft) {
        stream.skip(block_bytes);
        return reject("SERVER_ERROR out of memory storing object", put.noreply);
    }
    draft->item->flags = put.flags;
    stream.read_exactly(draft->room());
    if (!put.bare) {
        std::array<char, 2> terminator;
        stream.read_exactly(terminator);
        if (terminator != std::array{'\r', '\n'}) {
            return reject("CLIENT_ERROR bad data chunk", put.noreply);
        }
    }
    return Request{Put{put.mode, std::move(*draft), put.expiry, put.cas}, put.noreply};
}

void Dialect::write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    memcached::write_reply(stream, request, reply);
}

}  // namespace kv::memcached
