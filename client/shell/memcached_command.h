// memcached_command.h: a command as typed, turned into the bytes of the memcached text protocol.
#pragma once

#include "client/shell/speaker.h"

#include <string>

namespace kv::shell {

/// How the reply to a request ends.
enum class ReplyEnd {
    whole,    ///< by itself
    version,  ///< noreply: there may be none, so `version` is asked behind it; VERSION ends it
    no_op,    ///< a quiet meta command, followed by `mn`; MN ends it
    close,    ///< the server closes the connection
};

struct MemcachedRequest {
    std::string bytes;
    bool has_block = false;  ///< a value follows the command line
    ReplyEnd end = ReplyEnd::whole;
};

/// Throws UsageError when the words are no command that can be sent: a key the protocol cannot
/// carry, arguments missing or too many. A command this shell does not know is sent as it is.
[[nodiscard]] MemcachedRequest memcached_request(const Command& command);

}  // namespace kv::shell
