// dialect.h: simple://, the protocol of the first tutorial, and the smallest dialect possible.
//
//   set key len\r\n<bytes>   ->  STORED\r\n
//   get key\r\n              ->  the value's bytes and nothing else, or None
//
// Nothing follows the bytes of a set, and nothing says where the answer to a get ends: a client can
// only guess. memcache:// answers the same requests with their lengths, and this is why.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/execute.h"

namespace kv::simple {

struct Request {
    Operation operation;
    bool closes = false;  ///< the conversation ends with this request's answer
};

/// One client's side of the conversation; used by its session's thread.
class Dialect {
public:
    /// `drafts` gives the memory for values and outlives the dialect.
    Dialect(DraftSource& drafts, std::size_t max_item_bytes)
        : drafts_(drafts), max_item_bytes_(max_item_bytes)
    {
    }

    /// The next request; a malformed one becomes a request whose answer is an error. nullopt: the
    /// client closed. Throws as the stream does.
    [[nodiscard]] std::optional<Request> read_request(BufferedStream& stream);

    void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

private:
    [[nodiscard]] Request read_set(BufferedStream& stream, std::string_view key,
                                   std::string_view length);

    DraftSource& drafts_;
    std::size_t max_item_bytes_;
};

}  // namespace kv::simple
