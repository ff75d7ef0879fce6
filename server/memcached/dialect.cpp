#include "server/memcached/dialect.h"

#include "common/foreign_protocol.h"
#include "common/words.h"
#include "server/memcached/encoder.h"
#include "server/memcached/limits.h"
#include "server/memcached/meta_encoder.h"

#include <array>
#include <utility>

namespace kv::memcached {

namespace {

/// How long a line that starts like this may be. A TLS hello has no line end to wait for, and no
/// command starts with its first byte.
std::size_t line_limit(std::string_view start)
{
    if (start.size() <= max_line_bytes) return begins_tls(start) ? 0 : max_line_bytes;
    const bool is_get = start.starts_with("get") || start.starts_with("gat");
    return is_get ? max_get_line_bytes : max_line_bytes;
}

/// Whether the two bytes behind a data block are its line end.
bool ends_line(BufferedStream& stream)
{
    std::array<char, 2> terminator;
    stream.read_exactly(terminator);
    return terminator == std::array{'\r', '\n'};
}

Request put_request(const PutLine& line, Draft draft, std::size_t max_value_bytes)
{
    draft.item->flags = line.flags;
    draft.item->marks.binary_key = line.meta && line.meta->binary_key;
    Put put{line.mode, std::move(draft), line.expiry, max_value_bytes};
    put.compare = line.compare;
    put.new_cas = line.new_cas;
    put.invalidate = line.invalidate;
    put.vivify = line.vivify;
    Request request{std::move(put), line.noreply};
    request.meta = line.meta;
    return request;
}

}  // namespace

std::optional<Request> Dialect::read_request(BufferedStream& stream)
{
    if (!get_.keys.empty()) return next_key();
    if (dump_) return dump_request(dump_->form, dump_->next);
    try {
        auto line = stream.read_line(line_limit);
        if (std::exchange(drop_line_end_, false) && line && line->empty()) {
            line = stream.read_line(line_limit);
        }
        if (!line) return std::nullopt;
        return std::visit(
            [&](auto&& parsed) { return read(stream, std::forward<decltype(parsed)>(parsed)); },
            parse_line(*line, key_room_));
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
    Request request = get_.touch ? Request{GetAndTouch{*get_.touch}} : Request{Get{}};
    request.key = key;
    request.with_cas = get_.with_cas;
    request.more_keys = !get_.keys.empty();
    return request;
}

/// Reads the data block of `put` straight into an item. The key is copied first: the line it stands
/// in is gone with the next read.
Request Dialect::read(BufferedStream& stream, const PutLine& put)
{
    const std::uint64_t block_bytes = put.value_bytes + (put.bare ? 0 : 2);
    drop_line_end_ = put.bare;
    std::optional<Draft> draft;
    std::string_view error = put.error;
    if (error.empty()) {
        if (put.value_bytes > max_item_bytes_) {
            error = "SERVER_ERROR object too large for cache";
        } else if (draft = drafts_.draft(put.key, put.value_bytes); !draft) {
            error = "SERVER_ERROR out of memory storing object";
        }
    }
    if (!error.empty()) {
        stream.skip(block_bytes);
        return reject(error, put.noreply);
    }
    stream.read_exactly(draft->room());
    if (!put.bare && !ends_line(stream)) return reject("CLIENT_ERROR bad data chunk", put.noreply);
    return put_request(put, std::move(*draft), max_item_bytes_);
}

void Dialect::write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    if (request.meta) return write_meta_reply(stream, *request.meta, reply);
    if (const auto* step = std::get_if<WalkStep>(&reply)) {
        dump_ = step->more ? std::optional(Dump{*request.dump, step->next}) : std::nullopt;
    }
    memcached::write_reply(stream, request, reply);
}

}  // namespace kv::memcached
