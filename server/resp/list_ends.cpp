#include "server/resp/lists.h"

#include "common/words.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <utility>

namespace kv::resp {

std::optional<std::vector<BytesPtr>> refer_to(const Call& call, const List& list, Places places)
{
    std::vector<BytesPtr> elements;
    elements.reserve(places.count);
    auto next = list.elements().nth(places.first);
    for (std::size_t i = 0; i < places.count; ++i, ++next) {
        if (!hold(call, *next)) return std::nullopt;
        elements.push_back(*next);
    }
    return elements;
}

std::optional<End> parse_end(std::string_view word)
{
    if (equal_ignoring_case(word, "left")) return End::front;
    if (equal_ignoring_case(word, "right")) return End::back;
    return std::nullopt;
}

std::variant<PopOptions, Error> parse_pop(const Call& call, std::size_t place)
{
    const auto keys = parse_integer(call[place]);
    if (!keys || *keys < 1) return error("ERR numkeys should be greater than 0");
    const std::size_t behind = call.size() - place - 1;
    if (static_cast<std::uint64_t>(*keys) >= behind) return error(syntax_error);
    std::size_t i = place + 1 + static_cast<std::size_t>(*keys);
    const auto end = parse_end(call[i++]);
    if (!end) return error(syntax_error);
    PopOptions options{*end};
    if (i == call.size()) return options;
    if (!equal_ignoring_case(call[i], "count") || i + 1 == call.size()) return error(syntax_error);
    const auto count = parse_integer(call[i + 1]);
    if (!count || *count < 1) return error("ERR count should be greater than 0");
    if (i + 2 != call.size()) return error(syntax_error);
    options.count = static_cast<std::size_t>(*count);
    return options;
}

namespace {

/// The answer comes first: without memory for it nothing is to be taken.
Reply pop_elements(const Call& call, Opened<List>& list, std::string_view key,
                   const PopOptions& options, Reply (*answer)(Popped))
{
    const std::size_t count = std::min(options.count, list.size());
    const std::size_t first = options.end == End::front ? 0 : list.size() - count;
    auto elements = refer_to(call, *list, {first, count});
    if (!elements) return error(out_of_memory);
    if (options.end == End::back) std::reverse(elements->begin(), elements->end());
    Reply reply = answer({key, std::move(*elements)});
    if (count == 1) {
        list.apply(Pop{options.end});
    } else if (count > 1) {
        list.apply(RemoveAt{first, count});
    }
    return reply;
}

}  // namespace

std::optional<Reply> pop_from(const Call& call, Transaction& store, std::span<const HashedKey> keys,
                              const PopOptions& options, Reply (*answer)(Popped))
{
    for (const HashedKey& key : keys) {
        Opened<List> list(store, key);
        if (list.is_wrong_type()) return error(wrong_type);
        if (list) return pop_elements(call, list, key.bytes, options, answer);
    }
    return std::nullopt;
}

Reply with_key(Popped popped)
{
    Array answer;
    answer.elements.reserve(2);
    answer.elements.emplace_back(bulk(popped.key));
    answer.elements.emplace_back(Elements{Array::Kind::array, std::move(popped.elements)});
    return answer;
}

namespace {

/// The element is there twice for a moment. From an end to the same is a change as well: the list
/// that a client watches has been written to.
Reply rotate(const Call& call, Opened<List>& list, const Move& move)
{
    BytesPtr element = list->at(move.from);
    if (!hold(call, element)) return error(out_of_memory);
    list.prepare(2);
    list.apply(Push{move.to, element});
    list.apply(Pop{move.from});
    return Element{std::move(element)};
}

}  // namespace

std::optional<Reply> move_element(const Call& call, Transaction& store, const Move& move)
{
    if (move.source.bytes == move.destination.bytes) {
        Opened<List> list(store, move.source);
        if (list.is_wrong_type()) return error(wrong_type);
        return list ? std::optional<Reply>(rotate(call, list, move)) : std::nullopt;
    }
    Opened<List> destination(store, move.destination);
    Opened<List> source(store, move.source);  // ends first, so that what it gives back is there
    if (source.is_wrong_type()) return error(wrong_type);
    if (!source) return std::nullopt;
    if (destination.is_wrong_type()) return error(wrong_type);
    BytesPtr element = source->at(move.from);
    if (!hold(call, element)) return error(out_of_memory);
    source.prepare(2);
    destination.apply(Push{move.to, element});
    source.apply(Pop{move.from});
    return Element{std::move(element)};
}

}  // namespace kv::resp
