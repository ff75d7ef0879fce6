// converse.h: the heart of the server: one loop, the same for every dialect.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/execute.h"

namespace kv {

/// Who ended a conversation.
enum class Ended { by_client, by_us };

/// Reads, executes and answers requests until the client closes or one of them ends the
/// conversation. Parse errors are requests too (their reply is the error), so this loop has no
/// error branch. Ends without an answer once the client is cut. Blocks; throws what the stream
/// throws when the connection breaks or a deadline passes.
template <class Dialect>
Ended converse(BufferedStream& stream, Dialect& dialect, const Context& context, Observer* observer)
{
    for (;;) {
        if (context.client.is_cut()) return Ended::by_us;
        stream.begin_message();
        auto request = dialect.read_request(stream);
        if (!request) return Ended::by_client;
        if (observer != nullptr) observer->message_ended(stream.unread().size());

        const auto reply = execute(*request, context);
        if (observer != nullptr) observer->executed();

        dialect.write_reply(stream, *request, reply);
        if (observer != nullptr) observer->answered(stream.unsent());
        if (request->closes) {
            stream.flush();
            return Ended::by_us;
        }
    }
}

}  // namespace kv
