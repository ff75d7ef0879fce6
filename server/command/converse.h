// converse.h: the heart of the server: one loop, the same for every dialect.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/execute.h"
#include "server/command/keys_ahead.h"

namespace kv {

/// Who ended a conversation.
enum class Ended { by_client, by_us };

/// Has the keys of the next requests looked up together, as far as these have come already. Returns
/// how many requests after the next one are spared the same. Not inlined, since its room on the
/// stack would be a page more of each thread, also of those whose clients never send two at once.
template <class Dialect>
[[gnu::noinline]] std::size_t look_ahead(const Dialect& dialect, std::string_view unread,
                                         Store& store)
{
    if constexpr (requires { dialect.keys_ahead(unread); }) {
        const KeysAhead keys = dialect.keys_ahead(unread);
        if (keys.size() > 1) look_ahead(keys, store);
        return keys.empty() ? 0 : keys.size() - 1;
    }
    return 0;
}

/// Reads, executes and answers requests until the client closes or one of them ends the
/// conversation. A bad request is one whose answer is an error: there is no error branch here.
/// Blocks; throws what the stream throws when the connection breaks or a deadline passes.
template <class Dialect>
Ended converse(BufferedStream& stream, Dialect& dialect, const Context& context, Observer* observer)
{
    std::size_t ahead = 0;
    for (;;) {
        stream.begin_message();
        ahead = ahead > 0 ? ahead - 1 : look_ahead(dialect, stream.unread(), context.store);
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
