// encoder.h: reply -> what is written: lines of the classic text protocol (protocol.txt), of meta
// commands, of the dumps, and of what is watched.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/context.h"
#include "server/memcached/reply.h"
#include "server/memcached/request.h"

namespace kv::memcached {

/// Writes the answer to `request`, which is no dump, into `stream`; nothing for a noreply. Throws
/// UnwritableReply, or as the stream does.
void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

/// Writes the answer, or nothing if the request is quiet and the answer is the ordinary one. Throws
/// UnwritableReply, or as the stream does.
void write_meta_reply(BufferedStream& stream, const Request& request, const Reply& reply);

/// Writes a line an item, at most `dump.most`; returns how many more there may be. Items that the
/// protocol cannot name (a key of more than 250 bytes) are left out.
[[nodiscard]] std::size_t write_dump(BufferedStream& stream, const Dump& dump,
                                     const WalkStep& step);

/// The line behind the last item's.
void write_dump_end(BufferedStream& stream, DumpForm form);

/// Tells those who watch of a request that has been carried out.
void log_request(LogWatchers& watchers, std::string_view key, const Operation& operation,
                 const Reply& reply, std::uint64_t client);

/// The same of a client that has come, or goes for a reason.
void log_connection(LogWatchers& watchers, const ClientRecord& client,
                    std::string_view reason = {});

}  // namespace kv::memcached
