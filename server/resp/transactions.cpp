// MULTI, EXEC, WATCH: many commands as one step (redis.io/docs/interact/transactions).
#include "server/resp/command.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace kv::resp {

namespace {

using Calls = std::vector<Call>;

/// The queue's calls, made before the lock is taken.
Calls calls_of(std::vector<Queued>& queue, State& state, const Context& context)
{
    Calls calls;
    calls.reserve(queue.size());
    for (auto& [command, words] : queue) {
        calls.emplace_back(Invocation{command, words.words(), words.keys(), words.drafts()}, state,
                           context);
    }
    return calls;
}

/// What the words of a call take that are not to be stored as they came.
std::size_t text_bytes(const Call& call)
{
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < call.size(); ++i) {
        if (call.command.key_of_value(i) == 0) bytes += call[i].size() + Arguments::word_bytes;
    }
    return bytes;
}

/// About how many bytes the calls will ask the store for. What a call makes of present values is as
/// long as the longest of them and its words at most; values to be stored as they came have their
/// memory already. Each key counts once, at its longest: what it had before is given back.
std::size_t bytes_needed(const Calls& calls, Transaction& store)
{
    std::unordered_map<std::uint32_t, std::size_t> by_key;  // two keys of one hash only add up
    for (const Call& call : calls) {
        if ((call.command.flags & (needs_memory | copies)) == 0) continue;
        std::size_t longest = 0;
        for (const HashedKey& key : call.keys()) {
            const Row row = call.command.value == 0 ? store.find(key) : Row();
            const std::size_t present = row ? row->value().size() : 0;
            longest = std::max({longest, present, by_key[key.hash]});
        }
        for (const HashedKey& key : call.keys()) {
            by_key[key.hash] = longest + Item::footprint(key.bytes.size(), text_bytes(call));
        }
    }
    std::size_t total = 0;
    for (const auto& [hash, bytes] : by_key) total += bytes;
    return total;
}

/// Carries the calls out as one step. nullopt: there is no memory for them now, and nothing has
/// been done; `needed` says how much it takes.
std::optional<Reply> run_together(Calls& calls, Context& inside, const Watch* watch,
                                  std::size_t& needed)
{
    Array replies;
    replies.elements.reserve(calls.size());
    Transaction store(inside.store);
    if (watch != nullptr && !watch->unchanged(store)) return NullArray{};
    needed = bytes_needed(calls, store);
    if (!store.admit(needed)) return std::nullopt;
    inside.inside = &store;
    for (Call& call : calls) replies.elements.push_back(call.command.handle(call));
    return replies;
}

/// Carries the queue out. When there is no memory for it, the store makes room without the lock, in
/// steps that let others in, and it is tried once more.
Reply run_queue(std::vector<Queued>& queue, const Watch* watch, Call& exec)
{
    Context inside = exec.context;
    Calls calls = calls_of(queue, exec.state, inside);
    std::size_t needed = 0;
    auto reply = run_together(calls, inside, watch, needed);
    if (!reply) {
        inside.store.make_room(needed);
        reply = run_together(calls, inside, watch, needed);
    }
    for (const Call& call : calls) exec.closes = exec.closes || call.closes;
    if (reply) return std::move(*reply);
    return Error{fmt::format("EXECABORT Transaction discarded because of: {}", out_of_memory)};
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
    const std::unique_ptr<Watch> watch = std::exchange(state.watch, nullptr);
    const bool failed = state.multi_failed;
    state.end_transaction();
    if (failed) return error("EXECABORT Transaction discarded because of previous errors.");

    for (const Queued& queued : queue) {
        show_to_monitors(*queued.command, queued.arguments.words(), call.context);
    }
    return run_queue(queue, watch.get(), call);
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
    if (!state.watch) state.watch = std::make_unique<Watch>();
    Watch& watch = *state.watch;
    const WithLock store(call.context);
    for (const HashedKey& key : call.keys()) watch.add(call.context, *store, key);
    return ok;
}

Reply handle_unwatch(Call& call)
{
    call.state.watch.reset();
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
