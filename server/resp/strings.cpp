// Commands that read strings, and those that store many at once (redis.io/commands, "string").
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/number.h"

#include <algorithm>

namespace kv::resp {

namespace {

/// GETRANGE's numbers count from the end when negative; both are brought into the value.
std::string_view part_of(std::string_view value, std::int64_t start, std::int64_t end)
{
    if (start < 0 && end < 0 && start > end) return {};
    const auto size = static_cast<std::int64_t>(value.size());
    if (start < 0) start = std::max<std::int64_t>(0, size + start);
    if (end < 0) end = std::max<std::int64_t>(0, size + end);
    end = std::min(end, size - 1);
    if (start > end) return {};
    return value.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1));
}

/// The drafts of MSET's values, made before the lock; empty: there is no memory for all of them.
std::vector<Draft> take_values(Call& call)
{
    std::vector<Draft> drafts;
    for (std::size_t i = 2; i < call.size(); i += 2) {
        auto draft = call.take_value(i);
        if (!draft) return {};
        drafts.push_back(std::move(*draft));
    }
    return drafts;
}

Reply store_all(Call& call, bool only_if_none_exists)
{
    if (call.size() % 2 == 0) return wrong_arity(call.command);
    std::vector<Draft> drafts = take_values(call);
    if (drafts.empty()) return error(out_of_memory);
    const Locked store(call);
    if (only_if_none_exists) {
        for (const HashedKey& key : call.keys()) {
            if (store->find(key) != nullptr) return Integer{0};
        }
    }
    store->counters().set += drafts.size();
    for (Draft& draft : drafts) store->put(std::move(draft), never);
    return only_if_none_exists ? Reply(Integer{1}) : Reply(ok);
}

Reply handle_get(Call& call)
{
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    if (!store->counters().get.count(row != nullptr)) return Null{};
    return Stored{row->first.item};
}

Reply handle_mget(Call& call)
{
    Array values;
    values.elements.reserve(call.keys().size());
    const Locked store(call);
    store->look_ahead(call.keys());
    for (const HashedKey& key : call.keys()) {
        const Table::Row* row = store->fetch(key);
        const bool found = store->counters().get.count(row != nullptr);
        values.elements.push_back(found ? Reply(Stored{row->first.item}) : Reply(Null{}));
    }
    return values;
}

Reply handle_strlen(Call& call)
{
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    if (!store->counters().get.count(row != nullptr)) return Integer{0};
    if (!is_string(*row)) return error(wrong_type);
    return integer(row->first->value().size());
}

Reply handle_getrange(Call& call)
{
    const auto start = parse_integer(call[2]);
    const auto end = parse_integer(call[3]);
    if (!start || !end) return error(not_an_integer);
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    if (!store->counters().get.count(row != nullptr)) return bulk("");
    if (!is_string(*row)) return error(wrong_type);
    return PartOf{row->first.item, part_of(row->first->value(), *start, *end)};
}

Reply handle_getdel(Call& call)
{
    const Locked store(call);
    const Table::Row* row = store->fetch(call.key());
    if (!store->counters().get.count(row != nullptr)) return Null{};
    Stored value{row->first.item};
    store->erase(call.key());
    return value;
}

Reply handle_mset(Call& call)
{
    return store_all(call, false);
}

Reply handle_msetnx(Call& call)
{
    return store_all(call, true);
}

}  // namespace

std::span<const Handler> string_handlers()
{
    static constexpr Handler table[] = {
        {"get", handle_get},           {"getdel", handle_getdel},   {"mget", handle_mget},
        {"mset", handle_mset},         {"msetnx", handle_msetnx},   {"strlen", handle_strlen},
        {"getrange", handle_getrange}, {"substr", handle_getrange},
    };
    return table;
}

}  // namespace kv::resp
