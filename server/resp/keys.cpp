// Keys, whatever their values are (redis.io/commands, "generic"); scan.cpp has the walks over all.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/command/rewrite.h"
#include "server/command/steps.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"
#include "server/store/edit.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

namespace {

/// How many of the call's keys are there; each is read, as far as statistics are concerned.
Reply count_existing(Call& call)
{
    std::size_t found = 0;
    in_steps(call.context, call.keys(), [&](Transaction& store, const HashedKey& key) {
        if (get(store, key, true)) ++found;
    });
    return integer(found);
}

Reply handle_del(Call& call)
{
    std::size_t erased = 0;
    in_steps(call.context, call.keys(), [&](Transaction& store, const HashedKey& key) {
        if (erase(store, key)) ++erased;
    });
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
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    count(store->counters().get, static_cast<bool>(row));
    return Simple{row ? type_name(*row.item()) : "none"};
}

/// OBJECT's subcommands answer from the item and its row; a null when there is none.
template <class Answer>
Reply about(Call& call, Answer answer)
{
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!count(store->counters().get, static_cast<bool>(row))) return Null{};
    return answer(row, *store);
}

/// A listpack of Redis has more fields than stand flat here.
bool is_listpack(const Hash& hash)
{
    constexpr std::size_t most_fields = 512;
    if (hash.flat() != nullptr) return true;
    if (hash.size() > most_fields) return false;
    bool are_short = true;
    hash.for_each([&](const Hash::Field& field) {
        const bool has_short_name = field.name->size() <= longest_flat_bytes;
        are_short = are_short && has_short_name && is_short(field.value);
    });
    return are_short;
}

/// Those are the names of Redis 7.0: a list is always a "quicklist".
std::string_view encoding_of(const Collection& collection, ItemType type)
{
    if (type == ItemType::list) return "quicklist";
    if (type == ItemType::hash) {
        return is_listpack(static_cast<const Hash&>(collection)) ? "listpack" : "hashtable";
    }
    if (type == ItemType::set) {
        return static_cast<const Set&>(collection).only_integers() ? "intset" : "hashtable";
    }
    const bool is_flat = static_cast<const SortedSet&>(collection).scores().flat() != nullptr;
    return is_flat ? "listpack" : "skiplist";
}

/// What Redis would keep such a value as: clients of Redis look at it.
std::string_view encoding_of(const Row& row)
{
    constexpr std::size_t longest_embedded = 44;
    const std::string_view value = row->value();
    if (row->is_collection()) return encoding_of(*collection_of(*row.item()), row->type);
    if (!row->is_string()) return "raw";
    if (parse_integer(value)) return "int";
    return value.size() <= longest_embedded ? "embstr" : "raw";
}

Reply handle_object_encoding(Call& call)
{
    return about(call, [](const Row& row, Transaction&) { return bulk(encoding_of(row)); });
}

Reply handle_object_idletime(Call& call)
{
    return about(call, [](const Row& row, Transaction& store) {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(store.now()).count();
        return Integer{now - row.usage().last_access};
    });
}

Reply handle_object_refcount(Call& call)
{
    return about(call, [](const Row&, Transaction&) { return Integer{1}; });
}

/// How often an item was read, as the eviction counts it; only an eviction needs that.
Reply handle_object_freq(Call& call)
{
    constexpr std::string_view not_counted =
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note "
        "that when switching between policies at runtime LRU and LFU data will take some time to "
        "adjust.";
    const bool counts = evicts(call.context.server);
    return about(call, [&](const Row& row, Transaction&) {
        return counts ? Reply(Integer{row.usage().reads}) : error(not_counted);
    });
}

/// Copies the value of the first key for the second, as `step` says: see kv::rewrite.
template <class Step>
Reply copy_value(Call& call, Step step)
{
    auto reply = rewrite(call.context, call.key(0), call.key(1), Edit{}, step);
    return reply ? std::move(*reply) : error(out_of_memory);
}

/// The key is part of the item, so an item with the other one is made.
Reply rename(Call& call, bool only_if_free)
{
    const Reply done = only_if_free ? Reply(Integer{1}) : Reply(ok);
    return copy_value(call, [&](Transaction& store, const Row& row, Draft* copy) {
        using Answer = std::optional<Reply>;
        if (!row) return Answer(error(no_such_key));
        if (call.key(0).bytes == call.key(1).bytes) return Answer(only_if_free ? Integer{0} : done);
        if (only_if_free && store.find(call.key(1))) return Answer(Integer{0});
        if (row->is_collection()) {
            store.rename(row, call.key(1));
            return Answer(done);
        }
        if (copy == nullptr) return Answer();
        store.put(std::move(*copy), row->expires);
        store.erase(call.key(0));
        return Answer(done);
    });
}

struct CopyOptions {
    bool replace = false;
    std::optional<int> database;  ///< none: that of the source
};

/// COPY source destination [DB number] [REPLACE]
std::variant<CopyOptions, Error> parse_copy(const Call& call)
{
    CopyOptions options;
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (equal_ignoring_case(call[i], "replace")) {
            options.replace = true;
        } else if (equal_ignoring_case(call[i], "db") && i + 1 < call.size()) {
            const auto number = parse_int(call[++i]);
            if (const auto* refused = std::get_if<Error>(&number)) return *refused;
            options.database = std::get<int>(number);
            const std::string word = std::to_string(*options.database);
            const bool is_there =
                *options.database >= 0 && WithLock(call.context)->find_space(word) != nullptr;
            if (!is_there) return error(db_out_of_range);
        } else {
            return error(syntax_error);
        }
    }
    return options;
}

Space& own_space(Call& call)
{
    return WithLock(call.context)->space();
}

/// The space that COPY copies into; null: there is no such database.
SpacePtr destination(Call& call, const CopyOptions& options)
{
    const WithLock store(call.context);
    if (!options.database) return store->space().shared_from_this();
    return store->find_space(std::to_string(*options.database));
}

Reply handle_rename(Call& call)
{
    return rename(call, false);
}

Reply handle_renamenx(Call& call)
{
    return rename(call, true);
}

/// The copy shares the elements, and is charged for them in full.
Reply copy_collection(Transaction& store, const Row& row, const HashedKey& to, Space& space)
{
    auto room = store.reserve(row->footprint(), {row->key(), row->hash()});
    if (!room) return error(out_of_memory);
    store.provide(std::move(*room));
    auto copy = collection_of(*row.item())->copy();
    const InSpace there(store, space);
    store.put(to, std::move(copy), row->type, row->expires);
    return Integer{1};
}

Reply handle_copy(Call& call)
{
    const auto parsed = parse_copy(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& options = std::get<CopyOptions>(parsed);
    const SpacePtr space = destination(call, options);
    if (!space) return error(db_out_of_range);
    const bool is_elsewhere = space.get() != &own_space(call);
    if (!is_elsewhere && call.key(0).bytes == call.key(1).bytes) {
        return error("ERR source and destination objects are the same");
    }
    return copy_value(call, [&](Transaction& store, const Row& row, Draft* copy) {
        using Answer = std::optional<Reply>;
        if (!row) return Answer(Integer{0});
        if (!options.replace) {
            const InSpace there(store, *space);
            if (store.find(call.key(1))) return Answer(Integer{0});
        }
        if (row->is_collection()) return Answer(copy_collection(store, row, call.key(1), *space));
        if (copy == nullptr) return Answer();
        const UnixMillis expires = row->expires;
        const InSpace there(store, *space);
        store.put(std::move(*copy), expires);
        return Answer(Integer{1});
    });
}

/// NX, XX, GT, LT: how the present expiry must be for a new one to be set.
struct ExpireOptions {
    bool if_none = false;
    bool if_any = false;
    bool if_later = false;
    bool if_earlier = false;
};

std::variant<ExpireOptions, Error> parse_expire_options(const Call& call)
{
    ExpireOptions options;
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (equal_ignoring_case(call[i], "nx")) {
            options.if_none = true;
        } else if (equal_ignoring_case(call[i], "xx")) {
            options.if_any = true;
        } else if (equal_ignoring_case(call[i], "gt")) {
            options.if_later = true;
        } else if (equal_ignoring_case(call[i], "lt")) {
            options.if_earlier = true;
        } else {
            return Error{fmt::format("ERR Unsupported option {}", call[i])};
        }
    }
    if (options.if_none && (options.if_any || options.if_later || options.if_earlier)) {
        return error("ERR NX and XX, GT or LT options at the same time are not compatible");
    }
    if (options.if_later && options.if_earlier) {
        return error("ERR GT and LT options at the same time are not compatible");
    }
    return options;
}

/// Never is later than any time.
bool lets(const ExpireOptions& options, UnixMillis present, UnixMillis next)
{
    if (options.if_none && present != never) return false;
    if (options.if_any && present == never) return false;
    if (options.if_later && next <= present) return false;
    return !options.if_earlier || next < present;
}

Reply expire(Call& call, TimeUnit unit)
{
    const auto parsed = parse_expire_options(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto number = parse_integer(call[2]);
    if (!number) return error(not_an_integer);
    const auto when = moment(*number, unit, call.context.store.clock().now());
    if (!when) return invalid_expire_time(call.command);

    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!row) return Integer{0};
    if (!lets(std::get<ExpireOptions>(parsed), row->expires, *when)) return Integer{0};
    if (*when <= store->now()) {
        store->erase(call.key());
    } else {
        set_expiry(*store, row, *when);
    }
    return Integer{1};
}

/// What is left, or the time of day when it is over; -1: never, -2: no such key.
Reply tell_expiry(Call& call, TimeUnit unit)
{
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!count(store->counters().get, static_cast<bool>(row))) return Integer{-2};
    if (row->expires == never) return Integer{-1};
    const UnixMillis time = unit.from_now ? row->expires - store->now() : row->expires;
    return Integer{unit.in_seconds ? time.count() / 1000 + (time.count() % 1000 >= 500 ? 1 : 0)
                                   : time.count()};
}

Reply handle_expire(Call& call)
{
    return expire(call, {true, true});
}

Reply handle_pexpire(Call& call)
{
    return expire(call, {false, true});
}

Reply handle_expireat(Call& call)
{
    return expire(call, {true, false});
}

Reply handle_pexpireat(Call& call)
{
    return expire(call, {false, false});
}

Reply handle_ttl(Call& call)
{
    return tell_expiry(call, {true, true});
}

Reply handle_pttl(Call& call)
{
    return tell_expiry(call, {false, true});
}

Reply handle_expiretime(Call& call)
{
    return tell_expiry(call, {true, false});
}

Reply handle_pexpiretime(Call& call)
{
    return tell_expiry(call, {false, false});
}

Reply handle_persist(Call& call)
{
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!row || row->expires == never) return Integer{0};
    set_expiry(*store, row, never);
    return Integer{1};
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
        {"rename", handle_rename},
        {"renamenx", handle_renamenx},
        {"copy", handle_copy},
        {"expire", handle_expire},
        {"pexpire", handle_pexpire},
        {"expireat", handle_expireat},
        {"pexpireat", handle_pexpireat},
        {"ttl", handle_ttl},
        {"pttl", handle_pttl},
        {"expiretime", handle_expiretime},
        {"pexpiretime", handle_pexpiretime},
        {"persist", handle_persist},
        {"object|encoding", handle_object_encoding},
        {"object|freq", handle_object_freq},
        {"object|idletime", handle_object_idletime},
        {"object|refcount", handle_object_refcount},
    };
    return table;
}

}  // namespace kv::resp
