// dialect.h: miniredis://, the protocol of the tutorial's little Redis.
//
//   GET key -> the value, or null       SET key value -> 1           DELETE key -> 1, or 0
//   MGET key ... -> an array            MSET key value ... -> how many pairs
//   FLUSH -> how many keys were removed
//
// A request is an array, or a string that is split at blanks. A value has any type of frame.h,
// arrays and dictionaries of such values included, and comes back as it was stored (a text as a
// string); what redis:// stores is read as typed.h says. A malformed request is answered with an
// error; the conversation ends only where it is unknown where the next request begins.
#pragma once

#include "server/command/execute.h"
#include "server/miniredis/arguments.h"

namespace kv::miniredis {

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
    struct Command;
    static const Command* find_command(std::string name);

    [[nodiscard]] Request read_request(BufferedStream& stream, const Frame& frame);
    [[nodiscard]] Request read_command(Arguments arguments);
    [[nodiscard]] Operation read_get(Arguments& arguments);
    [[nodiscard]] Operation read_set(Arguments& arguments);
    [[nodiscard]] Operation read_delete(Arguments& arguments);
    [[nodiscard]] Operation read_flush(Arguments& arguments);
    [[nodiscard]] Operation read_mget(Arguments& arguments);
    [[nodiscard]] Operation read_mset(Arguments& arguments);

    DraftSource& drafts_;
    std::size_t max_item_bytes_;
    std::string key_;  ///< of the request being carried out
    Charge charge_;    ///< for the keys of a long request
};

}  // namespace kv::miniredis
