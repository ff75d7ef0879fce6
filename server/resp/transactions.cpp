// MULTI, EXEC, WATCH: many commands as one step (redis.io/docs/interact/transactions).
#include "server/command/steps.h"
#include "server/resp/diagnostics.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

namespace kv::resp {

namespace {

using Calls = std::vector<Call>;

/// What an answer may have on the heap uncounted: that of a command that changes something has no
/// more.
constexpr std::size_t few_bytes = 64;

/// The queue's calls, made before the lock is taken.
Calls calls_of(std::list<Queued>& queue, State& state, const Context& context)
{
    Calls calls;
    calls.reserve(queue.size());
    for (auto& [command, words] : queue) {
        calls.emplace_back(Invocation{command, words.words(), words.keys(), words.drafts()}, state,
                           context);
    }
    return calls;
}

/// How many bytes the calls of a transaction will ask the store for, at most at once: what each
/// makes of a value takes the place of what the calls before it made. Under the store's lock.
class MemoryNeeded {
public:
    explicit MemoryNeeded(Transaction& store) : store_(store) {}

    void add(const Call& call)
    {
        if (call.keys().empty()) return;
        if (call.command.value != 0) {
            note_values(call);
        } else if ((call.command.flags & (needs_memory | copies)) != 0) {
            if (call.command.makes == Makes::value) add_value(call);
            if (call.command.makes == Makes::elements) add_elements(call);
            if (call.command.makes == Makes::from_others) add_from_others(call);
            if (call.command.name != "incrbyfloat") return;
        }
        // Its reply may refer to the values, which are not freed then when they are replaced.
        for (const HashedKey& key : call.keys()) {
            if (const auto value = values_.find(key); value != values_.end()) {
                value->second.charged = 0;
            }
        }
    }

    [[nodiscard]] std::size_t bytes() const { return most_; }

private:
    struct Value {
        bool looked_up = false;
        std::size_t longest = 0;   ///< that it may be
        std::size_t charged = 0;   ///< for what the calls so far have made of it
        bool is_made = false;      ///< from others
        std::size_t added_in = 0;  ///< the call that last made something from it and others
    };
    struct HashOfKey {
        std::size_t operator()(const HashedKey& key) const { return key.hash; }
    };
    struct SameBytes {
        bool operator()(const HashedKey& a, const HashedKey& b) const { return a.bytes == b.bytes; }
    };

    /// Values that are stored as they came have their memory already.
    void note_values(const Call& call)
    {
        std::size_t key = 0;
        for_each_key(call.command, call.words(), [&](std::size_t i) {
            const std::size_t value = call.command.value_of_key(i);
            if (value >= call.size()) return;
            Value& present = values_[call.key(key++)];
            present.longest = std::max(present.longest, call[value].size());
        });
    }

    void add_value(const Call& call)
    {
        std::size_t present = 0;
        for (const HashedKey& key : call.keys()) present = std::max(present, longest(key));
        const bool to_first = call.command.name == "bitop";
        put(to_first ? call.keys().front() : call.keys().back(),
            call.command.most_bytes(call, present));
    }

    /// They do not take the place of what the calls before have added.
    void add_elements(const Call& call)
    {
        const HashedKey& key = call.keys().back();
        const std::size_t present = longest(key);
        const std::size_t bytes = call.command.most_bytes(call, present);
        values_[key].longest += bytes;
        held_ += bytes + (present == 0 ? Item::footprint(key.bytes.size(), collection_room) : 0);
        most_ = std::max(most_, held_);
    }

    /// In another collection an element may take twice as much: in a table, and not in a flat list.
    /// What has been made from others is reckoned as a table already.
    void add_from_others(const Call& call)
    {
        ++made_from_others_;
        std::size_t present = 0;
        for (const HashedKey& key : call.keys().subspan(1)) {
            const std::size_t bytes = longest(key);
            Value& value = values_[key];
            if (std::exchange(value.added_in, made_from_others_) == made_from_others_) continue;
            present += value.is_made ? bytes : 2 * bytes;
        }
        put(call.key(), call.command.most_bytes(call, present));
        values_[call.key()].is_made = true;
    }

    /// A value of this size takes the place of what the key has.
    void put(const HashedKey& key, std::size_t size)
    {
        const std::size_t bytes = Item::footprint(key.bytes.size(), size);
        most_ = std::max(most_, held_ + bytes);
        Value& value = values_[key];
        value.longest = std::max(value.longest, size);
        replace(value, bytes);
    }

    std::size_t longest(const HashedKey& key)
    {
        Value& value = values_[key];
        if (!std::exchange(value.looked_up, true)) {
            if (const Row row = store_.find(key)) {
                const std::size_t bytes =
                    row->is_collection() ? row->footprint() : row->value().size();
                value.longest = std::max(value.longest, bytes);
            }
        }
        return value.longest;
    }

    void replace(Value& value, std::size_t bytes)
    {
        const std::size_t more = bytes - std::min(bytes, value.charged);
        value.charged += more;
        held_ += more;
    }

    Transaction& store_;
    std::unordered_map<HashedKey, Value, HashOfKey, SameBytes> values_;
    std::size_t made_from_others_ = 0;  ///< how many calls
    std::size_t held_ = 0;              ///< by what has been made and is stored
    std::size_t most_ = 0;
};

/// One call's answer. What only tells something is not kept when there is no memory for it. Others
/// see all of a transaction or nothing: what lacks memory amid it is answered as an error.
Reply answer(Call& call)
{
    try {
        const std::size_t held = call.state.held.size();
        Reply reply = carry_out_and_note(call, true);
        const std::size_t made = footprint(reply) - sizeof(Reply);  // charged with the queue
        const std::size_t held_already = call.state.held.size() - held;
        if (made <= few_bytes || made <= held_already || call.hold(made - held_already)) {
            return reply;
        }
        return error(out_of_memory);
    } catch (const std::bad_alloc&) {
        return OutOfMemory{};
    }
}

bool needs_lock(const Call& call)
{
    return (call.command.flags & unlocked) == 0;
}

/// Carries the calls out as one step, those excepted that can be answered after it. nullopt: there
/// is no memory for them now, and nothing has been done; `needed` says how much it takes. `room` is
/// what has been reserved for them. For a client that is cut it ends early, as long as that is the
/// same as not to begin.
std::optional<Reply> run_together(Calls& calls, Context& inside, const Watch* watch,
                                  std::optional<Charge> room, std::size_t& needed)
{
    Array replies;
    replies.elements.resize(calls.size());
    {
        Transaction store(inside.store, inside.client.space());
        MemoryNeeded memory(store);
        for (const Call& call : calls) memory.add(call);
        needed = memory.bytes();
        if (!store.admit(needed, std::move(room))) return std::nullopt;
        // Only now: to make room the store may have evicted a watched key.
        if (watch != nullptr && !watch->unchanged(store)) return NullArray{};
        inside.inside = &store;
        const std::uint64_t unchanged = store.version();
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (calls[i].is_cut() && store.version() == unchanged) break;
            if (needs_lock(calls[i])) replies.elements[i] = answer(calls[i]);
        }
        inside.inside = nullptr;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (!needs_lock(calls[i])) replies.elements[i] = answer(calls[i]);
    }
    return replies;
}

/// Carries the queue out. When a step makes no room for it, the store does without the lock, in
/// many steps that let others in, and it is tried once more.
Reply run_queue(std::list<Queued>& queue, const Watch* watch, Call& exec)
{
    Context inside = exec.context;
    Calls calls = calls_of(queue, exec.state, inside);
    std::size_t needed = 0;
    auto reply = run_together(calls, inside, watch, {}, needed);
    if (!reply) {
        if (auto room = inside.store.reserve(needed)) {
            reply = run_together(calls, inside, watch, std::move(room), needed);
        }
    }
    for (const Call& call : calls) {
        exec.closes = exec.closes || call.closes;
        exec.took_long = exec.took_long || call.took_long;
    }
    if (reply) return std::move(*reply);
    return Error{fmt::format("EXECABORT Transaction discarded because of: {}", out_of_memory)};
}

/// What those who MONITOR will be told of the queue.
std::vector<std::string> lines_for_monitors(const std::list<Queued>& queue, const Context& context)
{
    std::vector<std::string> lines;
    if (!context.server.monitors().any()) return lines;
    for (const auto& [command, arguments] : queue) {
        std::string line = line_for_monitors(*command, arguments.words(), context);
        if (!line.empty()) lines.push_back(std::move(line));
    }
    return lines;
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
    std::list<Queued> queue = std::exchange(state.queue, {});
    const std::unique_ptr<Watch> watch = std::exchange(state.watch, nullptr);
    const bool failed = state.multi_failed;
    state.end_transaction();
    if (failed) return error("EXECABORT Transaction discarded because of previous errors.");

    const std::vector<std::string> lines = lines_for_monitors(queue, call.context);
    Reply reply = run_queue(queue, watch.get(), call);
    if (std::holds_alternative<Array>(reply)) {  // it has been carried out
        for (const std::string& line : lines) call.context.server.monitors().tell(line);
    }
    return reply;
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
    std::size_t bytes = 0;
    for (const HashedKey& key : call.keys()) bytes += Watch::footprint(key);
    auto charge = call.context.store.reserve(bytes);
    if (!charge) return error(out_of_memory);
    for (const HashedKey& key : call.keys()) {  // one at a time: each is copied, and may be long
        in_step(call.context,
                [&](Transaction& store) { state.watch->add(call.context, store, key, *charge); });
    }
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
