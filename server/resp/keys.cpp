// Commands about keys as a whole (redis.io/commands, "generic"), and about the whole store.
#include "common/letter_case.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/number.h"

namespace kv::resp {

namespace {

/// How many of the call's keys are there; each is read, as far as statistics are concerned.
Reply count_existing(Call& call)
{
    std::size_t found = 0;
    const Locked store(call);
    for (const HashedKey& key : call.keys()) {
        if (store->counters().get.count(store->fetch(key) != nullptr)) ++found;
    }
    return integer(found);
}

/// OBJECT's subcommands answer from the item and its row; a null when there is none.
template <class Answer>
Reply about(Call& call, Answer answer)
{
    const Locked store(call);
    const Table::Row* row = store->find(call.key());
    if (row == nullptr) return Null{};
    return answer(*row, *store);
}

/// What Redis would keep such a value as: clients of Redis look at it.
std::string_view encoding_of(const Table::Row& row)
{
    constexpr std::size_t longest_embedded = 44;
    const std::string_view value = row.first->value();
    if (!is_string(row)) return "raw";
    if (parse_integer(value)) return "int";
    return value.size() <= longest_embedded ? "embstr" : "raw";
}

Reply handle_del(Call& call)
{
    std::size_t erased = 0;
    const Locked store(call);
    for (const HashedKey& key : call.keys()) {
        if (store->counters().del.count(store->erase(key))) ++erased;
    }
    return integer(erased);
}

Reply handle_exists(Call& call)
{
    return count_existing(call);
}

Reply handle_touch(Call& call)
{
    return count_existing(call);
}

Reply handle_type(Call& call)
{
    const Locked store(call);
    const Table::Row* row = store->find(call.key());
    return Simple{row != nullptr ? type_name(*row->first.item) : "none"};
}

Reply handle_dbsize(Call& call)
{
    const Locked store(call);
    return integer(store->size());
}

Reply handle_flushall(Call& call)
{
    const bool fits =
        call.size() == 1 || (call.size() == 2 && (equal_ignoring_case(call[1], "async") ||
                                                  equal_ignoring_case(call[1], "sync")));
    if (!fits) return error(syntax_error);
    const Locked store(call);
    store->flush(store->now());
    return ok;
}

/// The little server's FLUSH says how many keys there were.
Reply handle_flush(Call& call)
{
    const Locked store(call);
    const std::size_t size = store->size();
    store->flush(store->now());
    return integer(size);
}

Reply handle_object_encoding(Call& call)
{
    return about(call, [](const Table::Row& row, Transaction&) { return bulk(encoding_of(row)); });
}

Reply handle_object_idletime(Call& call)
{
    return about(call, [](const Table::Row& row, Transaction& store) {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(store.now()).count();
        return Integer{now - row.second.last_access};
    });
}

Reply handle_object_refcount(Call& call)
{
    return about(call, [](const Table::Row&, Transaction&) { return Integer{1}; });
}

Reply handle_object_freq(Call& call)
{
    constexpr std::string_view not_counted =
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note "
        "that when switching between policies at runtime LRU and LFU data will take some time to "
        "adjust.";
    return about(call, [&](const Table::Row&, Transaction&) { return error(not_counted); });
}

Reply handle_memory_usage(Call& call)
{
    if (call.size() != 3 && call.size() != 5) return error(syntax_error);
    if (call.size() == 5) {
        if (!equal_ignoring_case(call[3], "samples")) return error(syntax_error);
        const auto samples = parse_integer(call[4]);
        if (!samples) return error(not_an_integer);
        if (*samples < 0) return error(syntax_error);
    }
    return about(
        call, [](const Table::Row& row, Transaction&) { return integer(row.first->footprint()); });
}

}  // namespace

std::span<const Handler> key_handlers()
{
    static constexpr Handler table[] = {
        {"del", handle_del},
        {"unlink", handle_del},
        {"delete", handle_del},
        {"exists", handle_exists},
        {"touch", handle_touch},
        {"type", handle_type},
        {"object|encoding", handle_object_encoding},
        {"object|freq", handle_object_freq},
        {"object|idletime", handle_object_idletime},
        {"object|refcount", handle_object_refcount},
        {"dbsize", handle_dbsize},
        {"flushdb", handle_flushall},
        {"flushall", handle_flushall},
        {"flush", handle_flush},
        {"memory|usage", handle_memory_usage},
    };
    return table;
}

}  // namespace kv::resp
