// key_lister.h: lists a server's keys, in either dialect.
#pragma once

#include "client/shell/session.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kv::shell {

struct KeyInfo {
    std::string key;
    // Listed by memcached with the key; Redis must be asked for each key.
    std::optional<std::uint64_t> bytes;      ///< memory of the whole item
    std::optional<std::int64_t> expires_at;  ///< Unix time; unset: never, or not listed
};

/// Selects keys: a glob pattern for the whole key, and a type ("": any).
struct KeyFilter {
    std::string pattern = "*";
    std::string type;
    /// Stop after about this many keys, selected or not.
    std::uint64_t most_looked_at = UINT64_MAX;
};

/// Passes every key that `filter` selects to `take` until that returns false. A key that exists
/// throughout comes at least once, on Redis perhaps more often; keys added or removed meanwhile may
/// be missed. Uses SCAN, page by page, or `lru_crawler metadump`, one long reply: stopping inside
/// it closes the connection. Throws as Speaker::ask_all(), and ServerError when the server refuses.
void list_keys(Dialect dialect, Speaker& speaker, const KeyFilter& filter,
               const std::function<bool(KeyInfo&&)>& take);

}  // namespace kv::shell
