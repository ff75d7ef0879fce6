// MULTI, EXEC, WATCH: many commands as one step (redis.io/docs/interact/transactions).
#include "server/resp/command.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <list>

namespace kv::resp {

namespace {

std::uint64_t cas_of(Transaction& store, const HashedKey& key)
{
    const Table::Row* row = store.find(key);
    return row == nullptr ? 0 : row->first->cas;
}

/// Whether every watched key is as it was: the same value with the same expiry, or still missing.
bool unchanged(const std::vector<Watched>& watched, const std::vector<HashedKey>& keys,
               Transaction& store)
{
    for (std::size_t i = 0; i < watched.size(); ++i) {
        if (cas_of(store, keys[i]) != watched[i].cas) return false;
    }
    return true;
}

std::vector<HashedKey> hashed(const std::vector<Watched>& watched, const Store& store)
{
    std::vector<HashedKey> keys;
    keys.reserve(watched.size());
    for (const Watched& each : watched) keys.push_back(store.hashed(each.key));
    return keys;
}

/// Makes the calls of a queue before the lock is taken: their keys are hashed there.
std::list<Call> calls_of(std::vector<Queued>& queue, Call& exec)
{
    std::list<Call> calls;
    for (Queued& queued : queue) {
        calls.emplace_back(*queued.command, queued.arguments, exec.state, exec.context);
    }
    return calls;
}

Reply handle_multi(Call& call)
{
    if (call.state.in_multi) return error("ERR MULTI calls can not be nested");
    call.state.in_multi = true;
    return ok;
}

Reply handle_exec(Call& call)
{
    State& state = call.state;
    if (!state.in_multi) return error("ERR EXEC without MULTI");
    std::vector<Queued> queue = std::exchange(state.queue, {});
    const std::vector<Watched> watched = std::exchange(state.watched, {});
    const bool failed = state.multi_failed;
    state.end_transaction();
    if (failed) return error("EXECABORT Transaction discarded because of previous errors.");

    for (const Queued& queued : queue) {
        show_to_monitors(*queued.command, queued.arguments, call.context);
    }
    std::list<Call> calls = calls_of(queue, call);
    const std::vector<HashedKey> watched_keys = hashed(watched, call.context.store);
    Array replies;
    replies.elements.reserve(calls.size());
    Transaction store(call.context.store);
    if (!unchanged(watched, watched_keys, store)) return NullArray{};
    for (Call& queued : calls) {
        queued.transaction = &store;
        replies.elements.push_back(queued.command.handle(queued));
        call.closes = call.closes || queued.closes;
    }
    return replies;
}

Reply handle_discard(Call& call)
{
    if (!call.state.in_multi) return error("ERR DISCARD without MULTI");
    call.state.end_transaction();
    return ok;
}

Reply handle_watch(Call& call)
{
    State& state = call.state;
    if (state.in_multi) return error("ERR WATCH inside MULTI is not allowed");
    const Locked store(call);
    for (const HashedKey& key : call.keys()) {
        const bool known = std::any_of(state.watched.begin(), state.watched.end(),
                                       [&](const Watched& each) { return each.key == key.bytes; });
        if (!known) state.watched.push_back({std::string(key.bytes), cas_of(*store, key)});
    }
    return ok;
}

Reply handle_unwatch(Call& call)
{
    call.state.watched.clear();
    return ok;
}

}  // namespace

std::span<const Handler> transaction_handlers()
{
    static constexpr Handler table[] = {
        {"multi", handle_multi}, {"exec", handle_exec},       {"discard", handle_discard},
        {"watch", handle_watch}, {"unwatch", handle_unwatch},
    };
    return table;
}

}  // namespace kv::resp
