// expiry_options.h: EX, PX, EXAT, PXAT behind a SET or a GETEX.
#pragma once

#include "server/resp/command.h"

namespace kv::resp {

/// The last moment but never.
constexpr UnixMillis latest_expiry = never - UnixMillis(1);

/// A time as a client writes it: in seconds or milliseconds, from now or from the epoch.
struct TimeUnit {
    bool in_seconds;
    bool from_now;
};

/// The options of SET and GETEX.
struct StringOptions {
    bool if_missing = false;  ///< NX
    bool if_exists = false;   ///< XX
    bool get = false;         ///< GET
    bool keep_ttl = false;    ///< KEEPTTL
    bool persist = false;     ///< PERSIST
    std::optional<TimeUnit> unit;
    std::string_view time;  ///< the number in that unit, as it came
};

/// Which options there are besides the times.
enum class OptionsOf { set, getex };

/// Reads the options from word `first` on; nullopt: a syntax error.
[[nodiscard]] std::optional<StringOptions> parse_options(const Call& call, std::size_t first,
                                                         OptionsOf whose);

/// The moment that `time` means, of the epoch, when it is `now`; nullopt: the error is in `why`.
/// Times of SET must lie ahead of 0; whether they lie in the past does not matter.
[[nodiscard]] std::optional<UnixMillis> expiry_of(const Call& call, std::string_view time,
                                                  TimeUnit unit, UnixMillis now, Error& why);

/// Gives an item another expiry, which for WATCH is a change.
void set_expiry(Transaction& store, Table::Row& row, UnixMillis expires);

/// "invalid expire time in 'set' command"
[[nodiscard]] Error invalid_expire_time(const Command& command);

}  // namespace kv::resp
