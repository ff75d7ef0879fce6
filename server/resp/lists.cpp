// Lists (redis.io/commands, "list"); blocking.cpp has those that wait.
#include "server/resp/lists.h"

#include "common/words.h"
#include "server/resp/elements.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <utility>

namespace kv::resp {

namespace {

Reply push(Call& call, End end, bool only_if_exists)
{
    const Words words = call.words().subspan(2);
    auto room = room_for(call, words);
    if (!room) return error(out_of_memory);
    std::vector<BytesPtr> elements;
    elements.reserve(words.size());
    for (const std::string_view word : words) elements.push_back(Bytes::make(word));

    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<List> list(*store, call.key());
    if (list.is_wrong_type()) return error(wrong_type);
    if (only_if_exists && !list) return Integer{0};
    for (const BytesPtr& element : elements) list.apply(Push{end, element});
    return integer(list.size());
}

Reply handle_lpush(Call& call)
{
    return push(call, End::front, false);
}

Reply handle_rpush(Call& call)
{
    return push(call, End::back, false);
}

Reply handle_lpushx(Call& call)
{
    return push(call, End::front, true);
}

Reply handle_rpushx(Call& call)
{
    return push(call, End::back, true);
}

/// Without a count the answer is an element, and with one an array.
Reply pop(Call& call, End end)
{
    if (call.size() > 3) return wrong_arity(call.command);
    const bool has_count = call.size() == 3;
    const auto count = has_count ? parse_integer(call[2]) : 1;
    if (!count || *count < 0) return error("ERR value is out of range, must be positive");

    const WithLock store(call.context);
    auto result = pop_from(call, *store, call.keys(), {end, static_cast<std::size_t>(*count)});
    if (auto* popped = std::get_if<Popped>(&result)) {
        if (has_count) return Elements{Array::Kind::array, std::move(popped->elements)};
        return Element{std::move(popped->elements.front())};
    }
    if (auto& refused = std::get<NotPopped>(result)) return std::move(*refused);
    return has_count ? Reply(NullArray{}) : Reply(Null{});
}

Reply handle_lpop(Call& call)
{
    return pop(call, End::front);
}

Reply handle_rpop(Call& call)
{
    return pop(call, End::back);
}

Reply handle_lmpop(Call& call)
{
    const auto parsed = parse_pop(call, 1);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const WithLock store(call.context);
    auto result = pop_from(call, *store, call.keys(), std::get<PopOptions>(parsed));
    if (auto* popped = std::get_if<Popped>(&result)) return with_key(std::move(*popped));
    if (auto& refused = std::get<NotPopped>(result)) return std::move(*refused);
    return NullArray{};
}

Reply move(Call& call, End from, End to)
{
    auto room = room_for(call, {});
    if (!room) return error(out_of_memory);
    const WithLock store(call.context);
    store->provide(std::move(*room));
    auto moved = move_element(call, *store, {call.key(0), call.key(1), from, to});
    return moved ? std::move(*moved) : Null{};
}

Reply handle_lmove(Call& call)
{
    const auto from = parse_end(call[3]);
    const auto to = parse_end(call[4]);
    if (!from || !to) return error(syntax_error);
    return move(call, *from, *to);
}

Reply handle_rpoplpush(Call& call)
{
    return move(call, End::back, End::front);
}

/// What `answer` says of the list under the call's key; `none` when there is none.
template <class Answer>
Reply read_list(Call& call, Reply none, Answer answer)
{
    const WithLock store(call.context);
    const Opened<List> list(*store, call.key());
    count(store->counters().get, list || list.is_wrong_type());
    if (list.is_wrong_type()) return error(wrong_type);
    return list ? answer(*list) : std::move(none);
}

Reply handle_llen(Call& call)
{
    return read_list(call, Integer{0}, [](const List& list) { return integer(list.size()); });
}

/// The place that an index means, which counts from the end when negative.
std::optional<std::size_t> place_of(std::int64_t index, std::size_t size)
{
    const auto count = static_cast<std::int64_t>(size);
    if (index < 0) index += count;
    if (index < 0 || index >= count) return std::nullopt;
    return static_cast<std::size_t>(index);
}

/// A wrong index is an error only if there is a list.
Reply handle_lindex(Call& call)
{
    const auto index = parse_integer(call[2]);
    return read_list(call, Null{}, [&](const List& list) -> Reply {
        if (!index) return error(not_an_integer);
        const auto place = place_of(*index, list.size());
        if (!place) return Null{};
        const BytesPtr& element = list.elements()[*place];
        if (!hold(call, element)) return error(out_of_memory);
        return Element{element};
    });
}

Reply handle_lrange(Call& call)
{
    const auto start = parse_integer(call[2]);
    const auto end = parse_integer(call[3]);
    if (!start || !end) return error(not_an_integer);
    return read_list(call, Elements{}, [&](const List& list) -> Reply {
        auto elements = refer_to(call, list, places(*start, *end, list.size()));
        if (!elements) return error(out_of_memory);
        return Elements{Array::Kind::array, std::move(*elements)};
    });
}

}  // namespace

std::span<const Handler> list_handlers()
{
    static constexpr Handler table[] = {
        {"lpush", handle_lpush, words_as_elements},
        {"rpush", handle_rpush, words_as_elements},
        {"lpushx", handle_lpushx, words_as_elements},
        {"rpushx", handle_rpushx, words_as_elements},
        {"lpop", handle_lpop},
        {"rpop", handle_rpop},
        {"lmpop", handle_lmpop},
        {"lmove", handle_lmove, words_as_elements},
        {"rpoplpush", handle_rpoplpush, words_as_elements},
        {"llen", handle_llen},
        {"lindex", handle_lindex},
        {"lrange", handle_lrange},
        {"lpos", handle_not_yet},
        {"lset", handle_not_yet, words_as_elements},
        {"linsert", handle_not_yet, words_as_elements},
        {"lrem", handle_not_yet},
        {"ltrim", handle_not_yet},
    };
    return table;
}

}  // namespace kv::resp
