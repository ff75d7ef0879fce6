// Lists (redis.io/commands, "list"); blocking.cpp has those that wait.
#include "server/resp/lists.h"

#include "common/words.h"
#include "server/resp/elements.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <limits>
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
    const auto all = [](Popped popped) -> Reply {
        return Elements{Array::Kind::array, std::move(popped.elements)};
    };
    const auto only = [](Popped popped) -> Reply {
        return Element{std::move(popped.elements.front())};
    };
    const PopOptions options{end, static_cast<std::size_t>(*count)};
    auto reply = has_count ? pop_from(call, *store, call.keys(), options, all)
                           : pop_from(call, *store, call.keys(), options, only);
    if (reply) return std::move(*reply);
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
    auto reply = pop_from(call, *store, call.keys(), std::get<PopOptions>(parsed), with_key);
    return reply ? std::move(*reply) : NullArray{};
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

/// How many a number counts that says by its sign from which end.
std::uint64_t magnitude(std::int64_t number)
{
    return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
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

/// LPOS' options.
struct Search {
    std::uint64_t first = 1;  ///< the match that is answered first, counted from 1
    bool backwards = false;
    std::optional<std::size_t> count;  ///< none: one, and not as an array; 0: all
    std::size_t length = 0;            ///< how many elements are compared; 0: all
};

std::optional<Error> parse_rank(std::string_view word, Search& search)
{
    const auto rank = parse_integer(word);
    if (!rank) return error(not_an_integer);
    if (*rank == 0) {
        return error(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
            "use negative to start from the end of the list");
    }
    search.backwards = *rank < 0;
    search.first = *rank == INT64_MIN ? 1 : magnitude(*rank);  // Redis negates it in 64 bits
    return std::nullopt;
}

std::variant<Search, Error> parse_search(const Call& call)
{
    Search search;
    for (std::size_t i = 3; i < call.size(); i += 2) {
        if (i + 1 == call.size()) return error(syntax_error);
        const auto number = parse_integer(call[i + 1]);
        const bool is_size = number && *number >= 0;
        if (equal_ignoring_case(call[i], "rank")) {
            if (auto refused = parse_rank(call[i + 1], search)) return std::move(*refused);
        } else if (equal_ignoring_case(call[i], "count")) {
            if (!is_size) return error("ERR COUNT can't be negative");
            search.count = static_cast<std::size_t>(*number);
        } else if (equal_ignoring_case(call[i], "maxlen")) {
            if (!is_size) return error("ERR MAXLEN can't be negative");
            search.length = static_cast<std::size_t>(*number);
        } else {
            return error(syntax_error);
        }
    }
    return search;
}

/// The places of the elements that are equal to `bytes`, in the order of the search, until there
/// are `most`. Of each element that is compared `length` is one; of the matches the first are left
/// out.
std::vector<std::size_t> places_of(const List& list, std::string_view bytes, const Search& search,
                                   std::size_t most)
{
    std::vector<std::size_t> found;
    const std::size_t size = list.size();
    const std::size_t compared = search.length == 0 ? size : std::min(search.length, size);
    std::uint64_t matches = 0;
    for (std::size_t i = 0; i < compared && found.size() < most; ++i) {
        const std::size_t place = search.backwards ? size - 1 - i : i;
        if (list.elements()[place]->view() != bytes) continue;
        if (++matches >= search.first) found.push_back(place);
    }
    return found;
}

constexpr std::size_t every_one = std::numeric_limits<std::size_t>::max();

Reply handle_lpos(Call& call)
{
    const auto parsed = parse_search(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& search = std::get<Search>(parsed);
    const std::size_t most = search.count ? (*search.count == 0 ? every_one : *search.count) : 1;
    return read_list(call, search.count ? Reply(Array{}) : Null{}, [&](const List& list) -> Reply {
        const auto found = places_of(list, call[2], search, most);
        if (!search.count) return found.empty() ? Reply(Null{}) : integer(found.front());
        if (!call.hold(found.size() * sizeof(Reply))) return error(out_of_memory);
        Array answer;
        answer.elements.reserve(found.size());
        for (const std::size_t place : found) answer.elements.emplace_back(integer(place));
        return answer;
    });
}

/// A wrong index is an error only if there is a list.
Reply handle_lset(Call& call)
{
    const auto index = parse_integer(call[2]);
    auto room = room_for(call, call.words().subspan(3));
    if (!room) return error(out_of_memory);
    const BytesPtr element = Bytes::make(call[3]);
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<List> list(*store, call.key());
    if (list.is_wrong_type()) return error(wrong_type);
    if (!list) return error(no_such_key);
    if (!index) return error(not_an_integer);
    const auto place = place_of(*index, list.size());
    if (!place) return error("ERR index out of range");
    list.apply(SetAt{*place, element});
    return ok;
}

Reply handle_linsert(Call& call)
{
    const bool after = equal_ignoring_case(call[2], "after");
    if (!after && !equal_ignoring_case(call[2], "before")) return error(syntax_error);
    auto room = room_for(call, call.words().subspan(4));
    if (!room) return error(out_of_memory);
    const BytesPtr element = Bytes::make(call[4]);
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<List> list(*store, call.key());
    if (list.is_wrong_type()) return error(wrong_type);
    if (!list) return Integer{0};
    const auto pivot = places_of(*list, call[3], {}, 1);
    if (pivot.empty()) return Integer{-1};
    list.apply(InsertAt{pivot.front() + (after ? 1 : 0), element});
    return integer(list.size());
}

/// A negative count removes from the end, 0 all.
Reply handle_lrem(Call& call)
{
    const auto count = parse_integer(call[2]);
    if (!count) return error(not_an_integer);
    Search search;
    search.backwards = *count < 0;
    const WithLock store(call.context);
    Opened<List> list(*store, call.key());
    if (list.is_wrong_type()) return error(wrong_type);
    if (!list) return Integer{0};
    auto found = places_of(*list, call[3], search, *count == 0 ? every_one : magnitude(*count));
    if (search.backwards) std::reverse(found.begin(), found.end());
    const std::size_t removed = found.size();
    if (removed == 1) {
        list.apply(RemoveAt{found.front(), 1});
    } else if (removed > 1) {
        list.apply(RemovePlaces{std::move(found)});
    }
    return integer(removed);
}

Reply handle_ltrim(Call& call)
{
    const auto start = parse_integer(call[2]);
    const auto end = parse_integer(call[3]);
    if (!start || !end) return error(not_an_integer);
    const WithLock store(call.context);
    Opened<List> list(*store, call.key());
    if (list.is_wrong_type()) return error(wrong_type);
    if (!list) return ok;
    const Places kept = places(*start, *end, list.size());
    const std::size_t last = kept.first + kept.count;
    const std::size_t behind = list.size() - last;
    list.prepare(2);
    // What cuts nothing is a change too for those who watch the list.
    if (kept.count == list.size()) list.apply(SetAt{0, list->at(End::front)});
    // Both at once would be all: the list goes with its last element.
    if (behind > 0) list.apply(RemoveAt{last, behind});
    if (kept.first > 0) list.apply(RemoveAt{0, kept.first});
    return ok;
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
        {"lpos", handle_lpos},
        {"lset", handle_lset, words_as_elements},
        {"linsert", handle_linsert, words_as_elements},
        {"lrem", handle_lrem},
        {"ltrim", handle_ltrim},
    };
    return table;
}

}  // namespace kv::resp
