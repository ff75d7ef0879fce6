// expiry.h: when an item is to expire, as requests say it.
#pragma once

#include "common/clock.h"

#include <cstdint>

namespace kv {

/// Carried by an operation until it is executed: only then is it known what time it is.
struct Expiry {
    enum class Kind : std::uint8_t { forever, after, at };
    Kind kind = Kind::forever;
    UnixMillis time{0};  ///< a span for `after`, a time of day for `at`

    /// The moment meant, when it is `now`. One that is past already is as good as none: such an
    /// item is not found.
    [[nodiscard]] UnixMillis resolve(UnixMillis now) const
    {
        switch (kind) {
            case Kind::forever: return never;
            case Kind::after: return now + time;
            case Kind::at: break;
        }
        return time;
    }
};

/// The largest expiry; clients write a negative one as an unsigned number of 32 bits.
constexpr std::int64_t max_exptime = INT32_MAX;

/// memcached's rule (protocol.txt, "Expiration times"): 0 is never, a negative number at once, up
/// to 30 days a span in seconds, beyond that Unix time in seconds. What is larger than max_exptime
/// is a negative number.
[[nodiscard]] inline Expiry memcached_expiry(std::int64_t exptime)
{
    constexpr std::int64_t month = std::int64_t{60} * 60 * 24 * 30;
    if (exptime == 0) return {};
    if (exptime < 0 || exptime > max_exptime) return {Expiry::Kind::at, UnixMillis{0}};
    const std::chrono::seconds seconds{exptime};
    return {exptime <= month ? Expiry::Kind::after : Expiry::Kind::at, seconds};
}

}  // namespace kv
