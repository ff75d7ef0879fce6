#include "server/resp/expiry.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

std::optional<UnixMillis> moment(std::int64_t number, TimeUnit unit, UnixMillis now)
{
    constexpr UnixMillis latest = never - UnixMillis(1);
    if (unit.in_seconds && __builtin_mul_overflow(number, 1000, &number)) return std::nullopt;
    if (unit.from_now && number > INT64_MAX - now.count()) return std::nullopt;
    const UnixMillis when = unit.from_now ? now + UnixMillis(number) : UnixMillis(number);
    return std::min(when, latest);
}

void set_expiry(Transaction& store, const Row& row, UnixMillis expires)
{
    store.expire(row, expires);
    store.renumber(row);
}

Error invalid_expire_time(const Command& command)
{
    return {fmt::format("ERR invalid expire time in '{}' command", command.name)};
}

}  // namespace kv::resp
