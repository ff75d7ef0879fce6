// What changes a string: INCR and its kin, whose numbers are kept as their text; APPEND, SETRANGE.
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"
#include "server/resp/rewrite.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

namespace kv::resp {

namespace {

constexpr std::size_t max_digits = 20;  // of a 64-bit integer, sign included

/// Stores `text`, of that type, as the value of the call's key, whose row may be null: flags and
/// expiry stay. false: there is no memory for it.
bool store_text(Call& call, Transaction& store, const Table::Row* row, std::string_view text,
                ItemType type)
{
    auto draft = store.draft(call.key(), text.size());
    if (!draft) return false;
    std::copy(text.begin(), text.end(), draft->room().begin());
    draft->item->type = type;
    UnixMillis expires = never;
    if (row != nullptr) {
        draft->item->flags = row->first->flags;
        expires = row->first->expires;
    }
    store.put(std::move(*draft), expires);
    return true;
}

/// Drafts inside a transaction make no room for themselves.
void make_room(Call& call, std::size_t bytes)
{
    if (call.transaction != nullptr) return;
    call.context.store.make_room(Item::footprint(call.key().bytes.size(), bytes));
}

Reply count(Call& call, std::int64_t delta)
{
    make_room(call, max_digits);
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    (delta < 0 ? store->counters().decr : store->counters().incr).count(row != nullptr);
    std::int64_t number = 0;
    if (row != nullptr) {
        if (!is_string(*row)) return error(wrong_type);
        const auto before = parse_integer(row->first->value());
        if (!before) return error(not_an_integer);
        number = *before;
    }
    if (__builtin_add_overflow(number, delta, &number)) {
        return error("ERR increment or decrement would overflow");
    }
    std::array<char, max_digits> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    const ItemType type = row != nullptr ? row->first->type : ItemType::bytes;
    if (!store_text(call, *store, row, text, type)) return error(out_of_memory);
    return Integer{number};
}

Reply handle_incr(Call& call)
{
    return count(call, 1);
}

Reply handle_decr(Call& call)
{
    return count(call, -1);
}

Reply handle_incrby(Call& call)
{
    const auto delta = parse_integer(call[2]);
    if (!delta) return error(not_an_integer);
    return count(call, *delta);
}

Reply handle_decrby(Call& call)
{
    const auto delta = parse_integer(call[2]);
    if (!delta) return error(not_an_integer);
    if (*delta == INT64_MIN) return error("ERR decrement would overflow");
    return count(call, -*delta);
}

Reply handle_incrbyfloat(Call& call)
{
    constexpr std::size_t usual_digits = 64;
    make_room(call, usual_digits);
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    store->counters().incr.count(row != nullptr);
    if (row != nullptr && !is_string(*row)) return error(wrong_type);
    const auto before = parse_float(row != nullptr ? row->first->value() : "0");
    const auto delta = parse_float(call[2]);
    if (!before || !delta) return error(not_a_float);
    const long double sum = *before + *delta;
    if (!std::isfinite(sum)) return error("ERR increment would produce NaN or Infinity");
    std::string text = format_float(sum);
    if (!store_text(call, *store, row, text, ItemType::bytes)) return error(out_of_memory);
    return Bulk{std::move(text)};
}

/// The value with `piece` written over it from `offset` on; a gap is filled with zeros.
Recipe overwritten(std::string_view piece, const std::function<std::size_t(const Item*)>& offset)
{
    const auto value_of = [](const Item* item) {
        return item == nullptr ? std::string_view() : item->value();
    };
    const auto size = [=](const Item* source) {
        return std::max(value_of(source).size(), offset(source) + piece.size());
    };
    const auto fill = [=](const Item* source, std::span<char> room) {
        const std::string_view value = value_of(source);
        std::fill(std::copy(value.begin(), value.end(), room.begin()), room.end(), '\0');
        std::copy(piece.begin(), piece.end(), room.subspan(offset(source)).begin());
    };
    return {size, fill, false};
}

/// Stores what `recipe` makes of the value; answers its size.
Reply store_rewritten(Call& call, const Recipe& recipe)
{
    return rewrite(call, call.key(), recipe,
                   [&](Transaction& store, Table::Row* row, Draft* copy) -> std::optional<Reply> {
                       if (row != nullptr && !is_string(*row)) return error(wrong_type);
                       const Item* item = row != nullptr ? row->first.item.get() : nullptr;
                       const std::size_t size = recipe.size(item);
                       if (size > call.state.max_item_bytes) return error(too_long);
                       if (copy == nullptr) return std::nullopt;
                       store.put(std::move(*copy), row != nullptr ? row->first->expires : never);
                       return integer(size);
                   });
}

/// SETRANGE with an empty piece changes nothing, not even the length.
Reply length(Call& call)
{
    const Locked store(call);
    const Table::Row* row = store->find(call.key());
    if (row == nullptr) return Integer{0};
    if (!is_string(*row)) return error(wrong_type);
    return integer(row->first->value().size());
}

Reply handle_append(Call& call)
{
    const auto behind = [](const Item* item) { return item == nullptr ? 0 : item->value().size(); };
    return store_rewritten(call, overwritten(call[2], behind));
}

Reply handle_setrange(Call& call)
{
    const auto offset = parse_integer(call[2]);
    if (!offset) return error(not_an_integer);
    if (*offset < 0) return error("ERR offset is out of range");
    const std::string_view piece = call[3];
    if (piece.empty()) return length(call);
    const auto start = static_cast<std::size_t>(*offset);
    return store_rewritten(call, overwritten(piece, [start](const Item*) { return start; }));
}

}  // namespace

std::span<const Handler> string_edit_handlers()
{
    static constexpr Handler table[] = {
        {"append", handle_append},
        {"setrange", handle_setrange},
        {"incr", handle_incr},
        {"decr", handle_decr},
        {"incrby", handle_incrby},
        {"decrby", handle_decrby},
        {"incrbyfloat", handle_incrbyfloat},
    };
    return table;
}

}  // namespace kv::resp
