// SET and its kin, and GETEX: one value stored or read, with a condition or an expiry.
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/expiry_options.h"

namespace kv::resp {

namespace {

/// Stores without a condition; `before` is what the key had.
Reply exchange(Transaction& store, Draft value, UnixMillis expires, const Table::Row* before)
{
    Reply old = Null{};
    if (before != nullptr) old = Stored{before->first.item};
    store.put(std::move(value), expires);
    return old;
}

Reply set(Call& call, std::size_t value_place, const StringOptions& options)
{
    UnixMillis expires = never;
    if (options.unit) {
        Error why;
        const UnixMillis now = call.context.store.clock().now();
        const auto when = expiry_of(call, options.time, *options.unit, now, why);
        if (!when) return why;
        expires = *when;
    }
    auto value = call.take_value(value_place);
    if (!value) return error(out_of_memory);

    const Locked store(call);
    const Table::Row* row = store->find(call.key());
    const bool refused = row != nullptr ? options.if_missing : options.if_exists;
    if (refused)
        return options.get && row != nullptr ? Reply(Stored{row->first.item}) : Reply(Null{});

    ++store->counters().set;
    if (options.keep_ttl && row != nullptr) expires = row->first->expires;
    if (options.get) return exchange(*store, std::move(*value), expires, row);
    store->put(std::move(*value), expires);
    return ok;
}

Reply set_with_expiry(Call& call, TimeUnit unit)
{
    StringOptions options;
    options.unit = unit;
    options.time = call[2];
    return set(call, 3, options);
}

Reply handle_set(Call& call)
{
    const auto options = parse_options(call, 3, OptionsOf::set);
    if (!options) return error(syntax_error);
    return set(call, 2, *options);
}

Reply handle_setnx(Call& call)
{
    StringOptions options;
    options.if_missing = true;
    Reply reply = set(call, 2, options);
    if (std::holds_alternative<Error>(reply)) return reply;
    return Integer{std::holds_alternative<Simple>(reply) ? 1 : 0};
}

Reply handle_setex(Call& call)
{
    return set_with_expiry(call, {true, true});
}

Reply handle_psetex(Call& call)
{
    return set_with_expiry(call, {false, true});
}

Reply handle_getset(Call& call)
{
    StringOptions options;
    options.get = true;
    return set(call, 2, options);
}

Reply handle_getex(Call& call)
{
    const auto options = parse_options(call, 2, OptionsOf::getex);
    if (!options) return error(syntax_error);
    const Locked store(call);
    Table::Row* row = store->fetch(call.key());
    if (!store->counters().get.count(row != nullptr)) return Null{};
    Stored value{row->first.item};
    if (options->unit) {
        Error why;
        const auto when = expiry_of(call, options->time, *options->unit, store->now(), why);
        if (!when) return why;
        set_expiry(*store, *row, *when);
    } else if (options->persist && row->first->expires != never) {
        set_expiry(*store, *row, never);
    }
    return value;
}

}  // namespace

std::span<const Handler> set_handlers()
{
    static constexpr Handler table[] = {
        {"set", handle_set},       {"setnx", handle_setnx},   {"setex", handle_setex},
        {"psetex", handle_psetex}, {"getset", handle_getset}, {"getex", handle_getex},
    };
    return table;
}

}  // namespace kv::resp
