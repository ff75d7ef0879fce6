// dialect.h: the memcached text protocol over a stream, and the three-word `set` of the tutorials.
#pragma once

#include "common/buffered_stream.h"
#include "server/memcached/execute.h"
#include "server/memcached/keys_ahead.h"
#include "server/memcached/parser.h"

namespace kv::memcached {

/// One client's side of the conversation; used by its session's thread.
class Dialect {
public:
    /// `drafts` gives the memory for values and outlives the dialect. A larger value than
    /// `max_item_bytes` is refused, and its bytes are read and forgotten.
    Dialect(DraftSource& drafts, std::size_t max_item_bytes)
        : drafts_(drafts), max_item_bytes_(max_item_bytes)
    {
    }

    /// The next request, with its data block. A get of many keys comes as one request a key, so
    /// that only one value at a time is held and sent. What cannot be understood comes as a request
    /// whose answer is the error. nullopt: the client closed. Throws as the stream does.
    [[nodiscard]] std::optional<Request> read_request(BufferedStream& stream);

    /// The keys of the requests that come next, as far as they are plain.
    [[nodiscard]] KeysAhead keys_ahead(std::string_view unread) const
    {
        return memcached::keys_ahead(get_.keys, unread);
    }

    void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

private:
    [[nodiscard]] Request read(BufferedStream& stream, Request&& request);
    [[nodiscard]] Request read(BufferedStream& stream, const PutLine& line);
    [[nodiscard]] Request read(BufferedStream& stream, const GetLine& line);
    [[nodiscard]] Request next_key();

    struct Dump {
        DumpForm form;
        Table::Cursor next;
    };

    DraftSource& drafts_;
    std::size_t max_item_bytes_;
    KeyRoom key_room_;            ///< the present meta command's key
    GetLine get_;                 ///< keys not asked for yet: a view into the stream's last line
    std::optional<Dump> dump_;    ///< a dump that is not at its end
    bool drop_line_end_ = false;  ///< the last data block may be followed by one line end
};

}  // namespace kv::memcached
