// What changes a string: INCR and its kin, whose numbers are kept as their text; APPEND, SETRANGE.
#include "common/decimal.h"
#include "server/command/execute.h"
#include "server/command/rewrite.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <cmath>

namespace kv::resp {

namespace {

/// Stores `text` as the value of the call's key, whose row may be none: flags, type and expiry
/// stay. false: there is no memory for it.
bool store_text(const Call& call, Transaction& store, const Row& row, std::string_view text)
{
    auto draft = successor(store, call.key(), row, text);
    if (!draft) return false;
    store.put(std::move(*draft), row ? row->expires : never);
    return true;
}

Reply count(Call& call, std::int64_t delta)
{
    make_room(call.context, call.key(), max_digits);
    const WithLock store(call.context);
    const Row row = store->read(call.key());
    count(delta < 0 ? store->counters().decr : store->counters().incr, static_cast<bool>(row));
    std::int64_t number = 0;
    if (row) {
        if (!row->is_string()) return error(wrong_type);
        const auto before = parse_integer(row->value());
        if (!before) return error(not_an_integer);
        number = *before;
    }
    if (__builtin_add_overflow(number, delta, &number)) {
        return error("ERR increment or decrement would overflow");
    }
    if (!store_text(call, *store, row, Decimal(number).text())) return error(out_of_memory);
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

/// The text of what `delta` makes of a value, or why there is none.
std::variant<std::string, Error> sum_of(std::string_view value, std::string_view delta)
{
    const auto before = parse_float(value);
    const auto more = parse_float(delta);
    if (!before || !more) return error(not_a_float);
    const long double sum = *before + *more;
    if (!std::isfinite(sum)) return error("ERR increment would produce NaN or Infinity");
    return format_float(sum);
}

/// Reading and writing a number of some thousand digits takes milliseconds: not under the lock. The
/// sum is no integer for other protocols, whatever the value was.
Reply handle_incrbyfloat(Call& call)
{
    Error refusal = error(out_of_memory);
    const auto make = [&](const ItemPtr& source) -> std::optional<Draft> {
        auto sum = sum_of(source ? source->value() : "0", call[2]);
        if (auto* why_not = std::get_if<Error>(&sum)) {
            refusal = std::move(*why_not);
            return std::nullopt;
        }
        const std::string& text = std::get<std::string>(sum);
        auto made = draft(call.context, call.key(), text.size());
        if (!made) return std::nullopt;
        std::copy(text.begin(), text.end(), made->room().begin());
        if (source) made->item->flags = source->flags;
        return made;
    };
    const auto step = [&](Transaction& store, const Row& row, Draft* sum) -> std::optional<Reply> {
        if (row && !row->is_string()) return error(wrong_type);
        if (sum == nullptr) return std::nullopt;
        count(store.counters().incr, static_cast<bool>(row));
        Stored reply{sum->item};
        store.put(std::move(*sum), row ? row->expires : never);
        return reply;
    };
    auto reply = rewrite(call.context, call.key(), make, step);
    return reply ? std::move(*reply) : std::move(refusal);
}

/// Stores the edited value, of nothing if the key is missing; answers its size.
Reply store_edited(const Call& call, const Edit& edit)
{
    const auto step = [&](Transaction& store, const Row& row,
                          Draft* edited) -> std::optional<Reply> {
        if (row && !row->is_string()) return error(wrong_type);
        const std::size_t size = edit.size(row ? row->value() : std::string_view());
        if (size > call.state.max_item_bytes) return error(too_long);
        if (edited == nullptr) return std::nullopt;
        store.put(std::move(*edited), row ? row->expires : never);
        return integer(size);
    };
    auto reply = rewrite(call.context, call.key(), call.key(), edit, step);
    return reply ? std::move(*reply) : error(out_of_memory);
}

/// SETRANGE's value reaches to the end of the piece, wherever that is.
std::size_t most_bytes_of_setrange(const Call& call, std::size_t present)
{
    const auto offset = parse_integer(call[2]);
    if (!offset || *offset < 0) return 0;
    const std::size_t size =
        Edit{Edit::Place::offset, call[3], static_cast<std::size_t>(*offset)}.size({});
    return size > call.state.max_item_bytes ? 0 : std::max(present, size);
}

std::size_t most_bytes_of_float(const Call&, std::size_t)
{
    return max_float_chars;
}

/// SETRANGE with an empty piece changes nothing, not even the length.
Reply length(Call& call)
{
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!row) return Integer{0};
    if (!row->is_string()) return error(wrong_type);
    return integer(row->value().size());
}

Reply handle_append(Call& call)
{
    return store_edited(call, {Edit::Place::back, call[2]});
}

Reply handle_setrange(Call& call)
{
    const auto offset = parse_integer(call[2]);
    if (!offset) return error(not_an_integer);
    if (*offset < 0) return error("ERR offset is out of range");
    const std::string_view piece = call[3];
    if (piece.empty()) return length(call);
    const auto start = static_cast<std::size_t>(*offset);
    return store_edited(call, {Edit::Place::offset, piece, start});
}

}  // namespace

std::span<const Handler> string_edit_handlers()
{
    static constexpr Handler table[] = {
        {"append", handle_append},
        {"setrange", handle_setrange, most_bytes_of_setrange},
        {"incr", handle_incr},
        {"decr", handle_decr},
        {"incrby", handle_incrby},
        {"decrby", handle_decrby},
        {"incrbyfloat", handle_incrbyfloat, most_bytes_of_float},
    };
    return table;
}

}  // namespace kv::resp
