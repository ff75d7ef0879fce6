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

#include "server/resp/arguments.h"
#include "server/resp/batch.h"
#include "server/resp/command.h"
#include "server/resp/request_reader.h"

#include <optional>
#include <string>
#include <vector>

namespace kv::resp {

/// One client's side of the conversation; used by its session's thread.
class Dialect {
public:
    /// `memory` outlives the dialect.
    Dialect(DraftSource& memory, std::size_t max_item_bytes);

    Dialect(const Dialect&) = delete;
    Dialect& operator=(const Dialect&) = delete;

    /// The next request; what cannot be understood is one whose answer is an error. Dies with the
    /// next. null: the client closed. Throws as the stream does.
    [[nodiscard]] Request* read_request(BufferedStream& stream);

    void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

private:
    [[nodiscard]] Request* read_alone(BufferedStream& stream);
    void draft_values();

    DraftSource& memory_;
    RequestReader reader_;
    State state_;
    Batch batch_;
    std::optional<Request> request_;

    // What the present request refers to, unless it lies in the stream's input.
    std::vector<Draft> values_;
    Arguments arguments_;
    std::string protocol_error_;
};

/// Carries a request out: at once, or later when it is queued between MULTI and EXEC. Blocks for
/// the store's lock only. Never throws for what a client did.
[[nodiscard]] Reply execute(Request& request, const Context& context);

}  // namespace kv::resp
