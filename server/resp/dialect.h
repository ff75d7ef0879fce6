// dialect.h: redis://, the protocol of Redis 7.0: RESP2, RESP3 after HELLO 3, inline commands.
#pragma once

#include "server/resp/command.h"
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
