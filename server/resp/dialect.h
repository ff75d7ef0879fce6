// dialect.h: redis://, the protocol of Redis 7.0: RESP2, RESP3 after HELLO 3, inline commands.
//
// All dialects share one store. What this one sees of the others' items, and they of its own:
//
//   a value set by memcached      a string; its flags stay with it while its value is changed, and
//                                 go with SET; its expiry is told in seconds or milliseconds
//   a value set here              flags 0 for memcached; its expiry rounded to seconds
//   cas                           changes with every change of value and with EXPIRE and PERSIST:
//                                 WATCH and memcached's cas see the same changes
//   a key of other than 1 to 250 bytes, or with blanks or control characters
//                                 there is none for memcached, but in base64 for its meta commands
//   a nested value (miniredis://, zmq://)
//                                 GET reads it whole, a dictionary as a map, in RESP2 as a flat
//                                 array; its TYPE is "nested"; what would change a part of it is a
//                                 WRONGTYPE, what replaces or removes it works
#pragma once

#include "server/resp/command.h"
#include "server/resp/keys_ahead.h"
#include "server/resp/request_reader.h"

namespace kv::resp {

/// One client's side of the conversation; used by its session's thread.
class Dialect {
public:
    /// `memory` outlives the dialect.
    Dialect(DraftSource& memory, std::size_t max_item_bytes);

    /// The next request; what cannot be understood is one whose answer is an error. Dies with the
    /// next. nullopt: the client closed. Throws as the stream does.
    [[nodiscard]] std::optional<Request> read_request(BufferedStream& stream);

    /// The keys of the requests that come next, as far as they are plain.
    [[nodiscard]] static KeysAhead keys_ahead(std::string_view unread)
    {
        return resp::keys_ahead(unread);
    }

    void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

private:
    RequestReader reader_;
    Arguments arguments_;
    State state_;
};

/// Carries a request out: at once, or later when it is queued between MULTI and EXEC. Blocks for
/// the store's lock only. Never throws for what a client did.
[[nodiscard]] Reply execute(Request& request, const Context& context);

}  // namespace kv::resp
