// Commands that make a new value, or a new key, out of a stored one: APPEND, RENAME, COPY ...
//
// Copying a long value would keep everybody else from the store, so it is done without the lock;
// when another client has changed the item meanwhile, it is copied again. Somebody gets on every
// time. Inside EXEC the lock stays where it is, and the first copy fits.
#include "common/letter_case.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/number.h"

#include <algorithm>
#include <functional>

namespace kv::resp {

namespace {

/// A value to be made from a stored item: how long it is and how it is filled. `source` is null
/// when the key does not exist.
struct Recipe {
    std::function<std::size_t(const Item* source)> size;
    std::function<void(const Item* source, std::span<char> room)> fill;
    bool keeps_type;  ///< what comes out is as much a number, or a text, as what went in
};

/// Calls step(store, row, copy) under the lock, where `row` is that of the first key, or null,
/// until it returns an answer. With nullopt it asks for `copy`: a draft for `key` made by the
/// recipe from what the row has, null until that is there.
template <class Step>
Reply rewrite(Call& call, const HashedKey& key, const Recipe& recipe, Step step)
{
    ItemPtr source;
    std::optional<Draft> copy;
    for (;;) {
        {
            const Locked store(call);
            Table::Row* row = store->find(call.key(0));
            const ItemPtr present = row != nullptr ? row->first.item : nullptr;
            Draft* fitting = copy && source == present ? &*copy : nullptr;
            if (std::optional<Reply> reply = step(*store, row, fitting)) return std::move(*reply);
            source = present;
        }
        copy = call.draft(key, recipe.size(source.get()));
        if (!copy) return error(out_of_memory);
        if (source) copy->item->flags = source->flags;
        if (source && recipe.keeps_type) copy->item->type = source->type;
        recipe.fill(source.get(), copy->room());
    }
}

/// The value as it is, for another key.
Recipe same_value()
{
    const auto size = [](const Item* source) {
        return source == nullptr ? 0 : source->value().size();
    };
    const auto fill = [](const Item* source, std::span<char> room) {
        const std::string_view value = source->value();
        std::copy(value.begin(), value.end(), room.begin());
    };
    return {size, fill, true};
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

/// The key is part of the item, so the item is made anew under the other one.
Reply rename(Call& call, bool only_if_free)
{
    const Reply done = only_if_free ? Reply(Integer{1}) : Reply(ok);
    return rewrite(call, call.key(1), same_value(),
                   [&](Transaction& store, Table::Row* row, Draft* copy) -> std::optional<Reply> {
                       if (row == nullptr) return error(no_such_key);
                       if (call.key(0).bytes == call.key(1).bytes)
                           return only_if_free ? Integer{0} : done;
                       if (only_if_free && store.find(call.key(1)) != nullptr) return Integer{0};
                       if (copy == nullptr) return std::nullopt;
                       store.put(std::move(*copy), row->first->expires);
                       store.erase(call.key(0));
                       return done;
                   });
}

/// COPY source destination [DB number] [REPLACE]; nullopt: fine, `replace` is set.
std::optional<Error> parse_copy(const Call& call, bool& replace)
{
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (equal_ignoring_case(call[i], "replace")) {
            replace = true;
        } else if (equal_ignoring_case(call[i], "db") && i + 1 < call.size()) {
            const auto number = parse_integer(call[++i]);
            if (!number) return error(not_an_integer);
            if (*number != 0) return error(db_out_of_range);
        } else {
            return error(syntax_error);
        }
    }
    return std::nullopt;
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

Reply handle_rename(Call& call)
{
    return rename(call, false);
}

Reply handle_renamenx(Call& call)
{
    return rename(call, true);
}

Reply handle_copy(Call& call)
{
    bool replace = false;
    if (auto why_not = parse_copy(call, replace)) return *why_not;
    if (call.key(0).bytes == call.key(1).bytes) {
        return error("ERR source and destination objects are the same");
    }
    return rewrite(call, call.key(1), same_value(),
                   [&](Transaction& store, Table::Row* row, Draft* copy) -> std::optional<Reply> {
                       if (row == nullptr) return Integer{0};
                       if (!replace && store.find(call.key(1)) != nullptr) return Integer{0};
                       if (copy == nullptr) return std::nullopt;
                       store.put(std::move(*copy), row->first->expires);
                       return Integer{1};
                   });
}

}  // namespace

std::span<const Handler> rewriting_handlers()
{
    static constexpr Handler table[] = {
        {"append", handle_append},     {"setrange", handle_setrange}, {"rename", handle_rename},
        {"renamenx", handle_renamenx}, {"copy", handle_copy},
    };
    return table;
}

}  // namespace kv::resp
