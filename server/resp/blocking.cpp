// Commands that wait for an element, and what ends their wait.
#include "common/words.h"
#include "server/command/command_times.h"
#include "server/command/waiting.h"
#include "server/resp/lists.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"
#include "server/resp/sorted_sets.h"

#include <cmath>
#include <functional>

namespace kv::resp {

namespace {

/// Takes from the collection under `key` what the command asks for, and answers. nullopt: there is
/// nothing to take. An error when the key has another type.
using Take = std::function<std::optional<Reply>(Transaction& store, const HashedKey& key)>;

class Taker final : public Waiter {
public:
    Taker(const Call& call, ItemType type, const Take& take)
        : Waiter(call.context.client.id(), call.context.client.shared_mailbox(), type), take_(take)
    {
    }

    bool serve(Transaction& store, const HashedKey& key) override
    {
        reply_ = take_(store, key);
        return reply_.has_value();
    }

    /// REQUIRES: it was served.
    [[nodiscard]] Reply reply() { return std::move(*reply_); }

private:
    const Take& take_;
    std::optional<Reply> reply_;
};

/// A timeout in seconds, 0 for never.
std::variant<Deadline, Error> parse_timeout(std::string_view word)
{
    const auto seconds = parse_float(word);
    if (!seconds) return error("ERR timeout is not a float or out of range");
    const long double milliseconds = std::ceil(*seconds * 1000);
    // Redis takes what no 64-bit integer holds for its least one.
    constexpr auto most = static_cast<long double>(INT64_MAX);
    if (milliseconds < 0 || milliseconds > most) return error("ERR timeout is negative");
    // Beyond what a clock can tell it never comes.
    constexpr long double a_century = 100.0L * 365 * 24 * 3600 * 1000;
    if (milliseconds == 0 || milliseconds > a_century) return no_deadline;
    return deadline_after(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

/// About what places in the queues of these keys take.
std::size_t bytes_in_queues(std::span<const HashedKey> keys)
{
    constexpr std::size_t nodes = 256;  // a place, its queue, and their heap blocks
    std::size_t bytes = 0;
    for (const HashedKey& key : keys) bytes += nodes + key.bytes.size();
    return bytes;
}

/// Sleeps as wait() does. What the client waits for others is not the time its command takes.
WaitEnded sleep(Call& call, Waiter& waiter, Deadline deadline)
{
    const std::uint64_t began = ticks();
    const WaitEnded ended = wait(call.context, waiter, deadline);
    call.slept = ticks() - began;
    return ended;
}

/// Takes from the first of the keys that has something, or waits until one of them has. `nothing`
/// is the answer inside EXEC, where nobody waits. `room` is for what is made if there is
/// something to take at once; what a later push makes possible is charged beyond the limit.
Reply take_or_wait(Call& call, std::string_view timeout, std::span<const HashedKey> keys,
                   ItemType type, const Take& take, const Reply& nothing,
                   std::optional<Charge> room = {})
{
    const auto deadline = parse_timeout(timeout);
    if (const auto* refused = std::get_if<Error>(&deadline)) return *refused;
    if (can_wait(call.context)) prepare_to_wait(call.context);
    Taker waiter(call, type, take);
    {
        const WithLock store(call.context);
        if (room) store->provide(std::move(*room));
        for (const HashedKey& key : keys) {
            if (auto reply = take(*store, key)) return std::move(*reply);
        }
        if (!can_wait(call.context)) return nothing;
        if (!call.hold(bytes_in_queues(keys))) return error(out_of_memory);
        store->enqueue(waiter, keys);
    }
    switch (sleep(call, waiter, std::get<Deadline>(deadline))) {
        case WaitEnded::served: return waiter.reply();
        case WaitEnded::refused: return error("UNBLOCKED client unblocked via CLIENT UNBLOCK");
        case WaitEnded::timed_out:
        case WaitEnded::unblocked: return NullArray{};
        case WaitEnded::closed: break;
    }
    call.closes = true;
    return NoReply{};
}

/// BLPOP, BRPOP: the key and its element.
Reply pop_or_wait(Call& call, End end)
{
    const Take take = [&](Transaction& store, const HashedKey& key) -> std::optional<Reply> {
        Opened<List> list(store, key);
        if (list.is_wrong_type()) return error(wrong_type);
        if (!list) return std::nullopt;
        const BytesPtr element = list->at(end);
        if (!hold(call, element)) return error(out_of_memory);
        Array answer{Array::Kind::array, {bulk(key.bytes), Element{element}}};
        list.apply(Pop{end});
        return answer;
    };
    return take_or_wait(call, call[call.size() - 1], call.keys(), ItemType::list, take,
                        NullArray{});
}

Reply handle_blpop(Call& call)
{
    return pop_or_wait(call, End::front);
}

Reply handle_brpop(Call& call)
{
    return pop_or_wait(call, End::back);
}

/// BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]
Reply handle_blmpop(Call& call)
{
    const auto parsed = parse_pop(call, 2);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& options = std::get<PopOptions>(parsed);
    const Take take = [&](Transaction& store, const HashedKey& key) {
        return pop_from(call, store, {&key, 1}, options, with_key);
    };
    return take_or_wait(call, call[1], call.keys(), ItemType::list, take, NullArray{});
}

Reply move_or_wait(Call& call, End from, End to)
{
    auto room = room_for(call, {});
    if (!room) return error(out_of_memory);
    const Take take = [&](Transaction& store, const HashedKey& key) {
        return move_element(call, store, {key, call.key(1), from, to});
    };
    return take_or_wait(call, call[call.size() - 1], call.keys().first(1), ItemType::list, take,
                        Null{}, std::move(*room));
}

/// BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout
Reply handle_blmove(Call& call)
{
    const auto from = parse_end(call[3]);
    const auto to = parse_end(call[4]);
    if (!from || !to) return error(syntax_error);
    return move_or_wait(call, *from, *to);
}

Reply handle_brpoplpush(Call& call)
{
    return move_or_wait(call, End::back, End::front);
}

/// BZPOPMIN, BZPOPMAX: the key, the member and its score.
Reply pop_scored_or_wait(Call& call, End end)
{
    const auto only = [](std::string_view key,
                         const std::vector<SortedSet::Ranked>& members) -> Reply {
        const auto& [score, member] = members.front();
        return Array{Array::Kind::array, {bulk(key), Element{member}, Double{score}}};
    };
    const Take take = [&](Transaction& store, const HashedKey& key) {
        return pop_members(call, store, {&key, 1}, end, 1, only);
    };
    return take_or_wait(call, call[call.size() - 1], call.keys(), ItemType::sorted_set, take,
                        NullArray{});
}

Reply handle_bzpopmin(Call& call)
{
    return pop_scored_or_wait(call, End::front);
}

Reply handle_bzpopmax(Call& call)
{
    return pop_scored_or_wait(call, End::back);
}

/// BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count]
Reply handle_bzmpop(Call& call)
{
    const auto parsed = parse_scored_pop(call, 2);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& [end, count] = std::get<ScoredPop>(parsed);
    const Take take = [&, first = end, most = count](Transaction& store, const HashedKey& key) {
        return pop_members(call, store, {&key, 1}, first, most, pairs_of_key);
    };
    return take_or_wait(call, call[1], call.keys(), ItemType::sorted_set, take, NullArray{});
}

Reply handle_client_unblock(Call& call)
{
    if (call.size() > 4) {
        return error(
            "ERR unknown subcommand or wrong number of arguments for 'unblock'. Try CLIENT HELP.");
    }
    bool with_error = false;
    if (call.size() == 4) {
        with_error = equal_ignoring_case(call[3], "error");
        if (!with_error && !equal_ignoring_case(call[3], "timeout")) {
            return error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
    }
    const auto id = parse_integer(call[2]);
    if (!id) return error(not_an_integer);
    const WithLock store(call.context);
    return Integer{store->unblock(static_cast<std::uint64_t>(*id), with_error) ? 1 : 0};
}

}  // namespace

std::span<const Handler> blocking_handlers()
{
    static constexpr Handler table[] = {
        {"blpop", handle_blpop},
        {"brpop", handle_brpop},
        {"blmpop", handle_blmpop},
        {"blmove", handle_blmove, words_as_elements},
        {"brpoplpush", handle_brpoplpush, words_as_elements},
        {"bzpopmin", handle_bzpopmin},
        {"bzpopmax", handle_bzpopmax},
        {"bzmpop", handle_bzmpop},
        {"client|unblock", handle_client_unblock},
    };
    return table;
}

}  // namespace kv::resp
