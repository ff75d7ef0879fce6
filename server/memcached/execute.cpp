#include "server/memcached/execute.h"

#include "common/version.h"
#include "server/command/execute.h"
#include "server/command/rewrite.h"
#include "server/memcached/encoder.h"
#include "server/memcached/meta.h"
#include "server/memcached/stats.h"
#include "server/memcached/storage.h"

#include <new>

namespace kv::memcached {

namespace {

Reply run(const Get&, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    const Row row = count_expired(*store, [&] { return get(*store, key); });
    if (!row) return Outcome::not_found;
    return Found{row.item(), row->cas};
}

Reply run(const GetAndTouch& request, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    const Row row = count_expired(*store, [&] { return get(*store, key); });
    count(store->counters().touch, static_cast<bool>(row));
    if (!row) return Outcome::not_found;
    store->expire(row, request.expiry.resolve(store->now()));
    return Found{row.item(), row->cas};
}

Reply run(Put& request, const HashedKey& key, const Context& context)
{
    return put(request, key, context);
}

Reply run(const Unstorable& request, const HashedKey& key, const Context& context)
{
    return give_up(request, key, context);
}

Reply run(const Delete&, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    return erase(*store, key) ? Outcome::deleted : Outcome::not_found;
}

Reply run(const Arithmetic& request, const HashedKey& key, const Context& context)
{
    make_room(context, key, max_digits);
    const WithLock store(context);
    StoreCounters& counters = store->counters();
    const Row row = store->find(key);
    const bool found = static_cast<bool>(row);
    if (!count(request.subtract ? counters.decr : counters.incr, found)) return Outcome::not_found;
    auto counted = count(*store, key, row, request.delta, request.subtract);
    if (const auto* failed = std::get_if<Outcome>(&counted)) return *failed;
    auto& [draft, usage, number] = std::get<Counted>(counted);
    store->put(std::move(draft), row->expires, {.usage = usage});
    return Number{number};
}

Reply run(const Touch& request, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    const Row row = store->read(key);
    if (!count(store->counters().touch, static_cast<bool>(row))) return Outcome::not_found;
    store->expire(row, request.expiry.resolve(store->now()));
    return Outcome::touched;
}

Reply run(const Flush& request, const HashedKey&, const Context& context)
{
    const WithLock store(context);
    const UnixMillis now = store->now();
    const bool delayed = request.when.kind != Expiry::Kind::forever;
    store->flush(delayed ? request.when.resolve(now) : now);
    return Outcome::ok;
}

Reply run(const Version&, const HashedKey&, const Context&)
{
    return VersionText{memcached_version};
}

Reply run(const Accept&, const HashedKey&, const Context&)
{
    return Outcome::ok;
}

Reply run(const Stats& request, const HashedKey&, const Context& context)
{
    return statistics(request.group, context);
}

Reply run(const Detail& request, const HashedKey&, const Context& context)
{
    PrefixCounts& counts = context.server.prefix_counts();
    if (request.how == Detail::How::dump) return PrefixLines{prefix_lines(counts)};
    counts.enable(request.how == Detail::How::on);
    return Outcome::ok;
}

Reply run(const Watch& request, const HashedKey&, const Context& context)
{
    context.client.mailbox().open(&context.store.unstored().held);
    context.client.activity().monitors = true;
    const WithLock store(context);
    LogWatchers& watchers = context.server.log_watchers();
    watchers.remove(*store, context.client.mailbox());
    watchers.add(*store, context.client.mailbox(), request.streams);
    return Outcome::ok;
}

Reply run(const ResetStats&, const HashedKey&, const Context& context)
{
    context.server.reset_figures();
    context.server.prefix_counts().reset();
    const WithLock store(context);
    store->counters() = {};
    return Outcome::reset;
}

Reply run(const SetMemoryLimit& request, const HashedKey&, const Context& context)
{
    context.store.set_memory_limit(request.bytes);
    return Outcome::ok;
}

Reply run(const Shutdown&, const HashedKey&, const Context& context)
{
    return context.server.shut_down() ? Outcome::no_reply : Outcome::not_allowed;
}

Reply run(const SetClock& request, const HashedKey&, const Context& context)
{
    VirtualClock* clock = context.server.clock_to_turn();
    if (clock == nullptr) return Refusal{"ERROR"};  // as if there were no such command
    switch (request.how) {
        case SetClock::How::pause: clock->pause(); break;
        case SetClock::How::resume: clock->resume(); break;
        case SetClock::How::move: clock->move(request.by); break;
    }
    return Outcome::ok;
}

Reply run(const Reject& request, const HashedKey&, const Context&)
{
    return Refusal{request.text};
}

Reply run(const NoOp&, const HashedKey&, const Context&)
{
    return Outcome::no_reply;
}

}  // namespace

Reply execute(Operation& operation, const HashedKey& key, const Context& context)
{
    try {
        auto reply = std::visit([&](auto& request) -> Reply { return run(request, key, context); },
                                operation);
        PrefixCounts& prefixes = context.server.prefix_counts();
        if (prefixes.enabled()) count_prefix(prefixes, key.bytes, operation, reply);
        LogWatchers& watchers = context.server.log_watchers();
        constexpr unsigned of_requests =
            LogWatchers::fetchers | LogWatchers::mutations | LogWatchers::deletions;
        if (watchers.any(of_requests)) {
            log_request(watchers, key.bytes, operation, reply, context.client.id());
        }
        return reply;
    } catch (const std::bad_alloc&) {
        return Outcome::out_of_memory;
    }
}

Reply execute(Request& request, const Context& context)
{
    return execute(request.operation, request.key, context);
}

}  // namespace kv::memcached
