// key_lister.h: the keys a server has, in either dialect.
#pragma once

#include "client/shell/session.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kv::shell {

struct KeyInfo {
    std::string key;
    // What memcached lists beside the key; Redis must be asked for each.
    std::optional<std::uint64_t> bytes;      ///< all the item takes
    std::optional<std::int64_t> expires_at;  ///< Unix time; unset: never, or not told
};

/// Which keys: a glob pattern over the whole key, and a type ("" for any).
struct KeyFilter {
    std::string pattern = "*";
    std::string type;
    /// Stop after about so many keys, let through or not.
    std::uint64_t most_looked_at = UINT64_MAX;
};

/// Hands over every key that `filter` lets through until `take` says false. A key that is there all
/// the time comes at least once, on Redis perhaps more often; keys that come or go meanwhile may be
/// missed. Uses SCAN, which asks for a page at a time, or `lru_crawler metadump`, one long reply:
/// stopping inside that closes the connection. Throws as Speaker::ask_all(), and ServerError when
/// the server refuses.
void list_keys(Dialect dialect, Speaker& speaker, const KeyFilter& filter,
               const std::function<bool(KeyInfo&&)>& take);

}  // namespace kv::shell
