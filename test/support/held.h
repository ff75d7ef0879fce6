// held.h: runs a conversation between a scripted peer and a dialect, and records the result.
#pragma once

#include "server/command/converse.h"
#include "test/support/no_server.h"
#include "test/support/scripted_transport.h"

#include <optional>
#include <string>
#include <vector>

namespace kv::test {

struct Held {
    std::string replies;
    std::optional<Ended> ended;           ///< unset: the peer closed in the middle of a request
    std::vector<std::size_t> reply_ends;  ///< bytes written before each wait
};

/// Plays the peer's script against a server with this store.
template <class Dialect>
Held hold_conversation(ScriptedTransport& peer, Store& store, std::size_t max_item_bytes)
{
    NoServer server;
    ClientRecord client(1, "test", "nowhere", "here");
    BufferedStream stream(peer, {});
    Dialect dialect(store, max_item_bytes);
    Held held;
    try {
        held.ended = converse(stream, dialect, {store, server, client}, nullptr);
    } catch (const Truncated&) {
    }
    held.replies = peer.written();
    for (const auto& wait : peer.waits()) {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < wait.writes_before; ++i) bytes += peer.writes()[i].bytes.size();
        held.reply_ends.push_back(bytes);
    }
    return held;
}

}  // namespace kv::test
