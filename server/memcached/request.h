// request.h: a request of the memcached text protocol, read and ready to be executed.
#pragma once

#include "server/command/operation.h"
#include "server/memcached/meta_flags.h"

#include <optional>

namespace kv::memcached {

/// The two ways to list all keys (lru_crawler).
enum class DumpForm : std::uint8_t { metadump, mgdump };

/// The operation, and what only the encoder needs to know to answer it.
struct Request {
    Operation operation;
    bool noreply = false;    ///< the client wants no answer, not even an error
    bool with_cas = false;   ///< gets, gats: VALUE lines carry the cas number
    bool more_keys = false;  ///< of a get with many keys, this is not the last: no END yet
    bool closes = false;     ///< the conversation ends with this request's answer
    std::optional<MetaFlags> meta = {};  ///< of a meta command: what its answer echoes
    std::optional<DumpForm> dump = {};   ///< of a step of a dump: how it is written
};

}  // namespace kv::memcached
