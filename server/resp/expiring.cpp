// EXPIRE, TTL and their kin (redis.io/commands, "generic").
#include "common/letter_case.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/expiry_options.h"
#include "server/resp/number.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

namespace {

/// NX, XX, GT, LT: how the present expiry must be for a new one to be set.
struct ExpireOptions {
    bool if_none = false;
    bool if_any = false;
    bool if_later = false;
    bool if_earlier = false;
};

std::variant<ExpireOptions, Error> parse_expire_options(const Call& call)
{
    ExpireOptions options;
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (equal_ignoring_case(call[i], "nx")) {
            options.if_none = true;
        } else if (equal_ignoring_case(call[i], "xx")) {
            options.if_any = true;
        } else if (equal_ignoring_case(call[i], "gt")) {
            options.if_later = true;
        } else if (equal_ignoring_case(call[i], "lt")) {
            options.if_earlier = true;
        } else {
            return Error{fmt::format("ERR Unsupported option {}", call[i])};
        }
    }
    if (options.if_none && (options.if_any || options.if_later || options.if_earlier)) {
        return error("ERR NX and XX, GT or LT options at the same time are not compatible");
    }
    if (options.if_later && options.if_earlier) {
        return error("ERR GT and LT options at the same time are not compatible");
    }
    return options;
}

/// Never is later than any time.
bool lets(const ExpireOptions& options, UnixMillis present, UnixMillis next)
{
    if (options.if_none && present != never) return false;
    if (options.if_any && present == never) return false;
    if (options.if_later && next <= present) return false;
    return !options.if_earlier || next < present;
}

/// nullopt: 64 bits of milliseconds cannot hold it.
std::optional<UnixMillis> moment(std::int64_t number, TimeUnit unit, UnixMillis now)
{
    if (unit.in_seconds && __builtin_mul_overflow(number, 1000, &number)) return std::nullopt;
    if (unit.from_now && number > INT64_MAX - now.count()) return std::nullopt;
    const UnixMillis when = unit.from_now ? now + UnixMillis(number) : UnixMillis(number);
    return std::min(when, latest_expiry);
}

Reply expire(Call& call, TimeUnit unit)
{
    const auto parsed = parse_expire_options(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto number = parse_integer(call[2]);
    if (!number) return error(not_an_integer);
    const auto when = moment(*number, unit, call.context.store.clock().now());
    if (!when) return invalid_expire_time(call.command);

    const Locked store(call);
    Table::Row* row = store->find(call.key());
    if (row == nullptr) return Integer{0};
    if (!lets(std::get<ExpireOptions>(parsed), row->first->expires, *when)) return Integer{0};
    if (*when <= store->now()) {
        store->erase(call.key());
    } else {
        set_expiry(*store, *row, *when);
    }
    return Integer{1};
}

/// What is left, or the time of day when it is over; -1: never, -2: no such key.
Reply tell_expiry(Call& call, TimeUnit unit)
{
    const Locked store(call);
    const Table::Row* row = store->find(call.key());
    if (row == nullptr) return Integer{-2};
    if (row->first->expires == never) return Integer{-1};
    const UnixMillis time =
        unit.from_now ? row->first->expires - store->now() : row->first->expires;
    return Integer{unit.in_seconds ? time.count() / 1000 + (time.count() % 1000 >= 500 ? 1 : 0)
                                   : time.count()};
}

Reply handle_expire(Call& call)
{
    return expire(call, {true, true});
}

Reply handle_pexpire(Call& call)
{
    return expire(call, {false, true});
}

Reply handle_expireat(Call& call)
{
    return expire(call, {true, false});
}

Reply handle_pexpireat(Call& call)
{
    return expire(call, {false, false});
}

Reply handle_ttl(Call& call)
{
    return tell_expiry(call, {true, true});
}

Reply handle_pttl(Call& call)
{
    return tell_expiry(call, {false, true});
}

Reply handle_expiretime(Call& call)
{
    return tell_expiry(call, {true, false});
}

Reply handle_pexpiretime(Call& call)
{
    return tell_expiry(call, {false, false});
}

Reply handle_persist(Call& call)
{
    const Locked store(call);
    Table::Row* row = store->find(call.key());
    if (row == nullptr || row->first->expires == never) return Integer{0};
    set_expiry(*store, *row, never);
    return Integer{1};
}

}  // namespace

std::span<const Handler> expiring_handlers()
{
    static constexpr Handler table[] = {
        {"expire", handle_expire},
        {"pexpire", handle_pexpire},
        {"expireat", handle_expireat},
        {"pexpireat", handle_pexpireat},
        {"ttl", handle_ttl},
        {"pttl", handle_pttl},
        {"expiretime", handle_expiretime},
        {"pexpiretime", handle_pexpiretime},
        {"persist", handle_persist},
    };
    return table;
}

}  // namespace kv::resp
