// expiry.h: when an item expires, as clients of Redis say it.
#pragma once

#include "server/resp/command.h"

namespace kv::resp {

/// A time as a client writes it: in seconds or milliseconds, from now or from the epoch.
struct TimeUnit {
    bool in_seconds;
    bool from_now;
};

/// The moment that `number` means when it is `now`, at most the last before never; nullopt: 64 bits
/// of milliseconds cannot hold it.
[[nodiscard]] std::optional<UnixMillis> moment(std::int64_t number, TimeUnit unit, UnixMillis now);

/// Gives an item another expiry, and a new cas number with it.
void set_expiry(Transaction& store, const Row& row, UnixMillis expires);

/// "invalid expire time in 'set' command"
[[nodiscard]] Error invalid_expire_time(const Command& command);

}  // namespace kv::resp
