// Strings that are read and stored whole (redis.io/commands, "string"); string_edits.cpp has what
// changes them.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/command/steps.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

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

Reply store_all(Call& call, bool only_if_none_exists)
{
    if (call.size() % 2 == 0) return wrong_arity(call.command);
    if (call.keys().size() > max_pairs) {
        return Error{fmt::format("ERR too many keys for '{}' command, at most {}",
                                 call.command.name, max_pairs)};
    }
    const WithLock store(call.context);
    if (only_if_none_exists) {
        for (const HashedKey& key : call.keys()) {
            if (store->find(key)) return Integer{0};
        }
    }
    put_all(*store, call.values());
    return only_if_none_exists ? Reply(Integer{1}) : Reply(ok);
}

/// A value as GET answers it, which is whole: a nested one too, but no collection.
Reply value_of(const Row& row)
{
    if (!row) return Null{};
    if (row->is_collection()) return error(wrong_type);
    return Stored{row.item()};
}

Reply handle_get(Call& call)
{
    const WithLock store(call.context);
    return value_of(get(*store, call.key(), true));
}

Reply handle_mget(Call& call)
{
    Array values;
    values.elements.reserve(call.keys().size());
    in_steps(call.context, call.keys(), [&](Transaction& store, const HashedKey& key) {
        const Row row = get(store, key, true);
        values.elements.push_back(row && !row->is_collection() ? value_of(row) : Reply(Null{}));
    });
    return values;
}

Reply handle_strlen(Call& call)
{
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    if (!row) return Integer{0};
    if (!row->is_string()) return error(wrong_type);
    return integer(row->value().size());
}

Reply handle_getrange(Call& call)
{
    const auto start = parse_integer(call[2]);
    const auto end = parse_integer(call[3]);
    if (!start || !end) return error(not_an_integer);
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    if (!row) return bulk("");
    if (!row->is_string()) return error(wrong_type);
    return PartOf{row.item(), part_of(row->value(), *start, *end)};
}

Reply handle_getdel(Call& call)
{
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    Reply value = value_of(row);
    if (std::holds_alternative<Stored>(value)) store->erase(call.key());
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

/// The options of SET and GETEX.
struct StringOptions {
    bool if_missing = false;  ///< NX
    bool if_exists = false;   ///< XX
    bool get = false;         ///< GET
    bool keep_ttl = false;    ///< KEEPTTL
    bool persist = false;     ///< PERSIST
    std::optional<TimeUnit> unit;
    std::string_view time;  ///< the number in that unit, as it came
};

/// Which options there are besides the times.
enum class OptionsOf { set, getex };

constexpr std::array<std::pair<std::string_view, TimeUnit>, 4> expiry_units{{
    {"ex", {true, true}},
    {"px", {false, true}},
    {"exat", {true, false}},
    {"pxat", {false, false}},
}};

bool same(TimeUnit a, TimeUnit b)
{
    return a.in_seconds == b.in_seconds && a.from_now == b.from_now;
}

/// Takes a time option whose number is `next`; false: the word is none, or does not fit here.
bool take_time(StringOptions& options, std::string_view word, const std::string_view* next)
{
    for (const auto& [name, unit] : expiry_units) {
        if (!equal_ignoring_case(word, name)) continue;
        if (next == nullptr || options.keep_ttl || options.persist) return false;
        if (options.unit && !same(*options.unit, unit)) return false;
        options.unit = unit;
        options.time = *next;
        return true;
    }
    return false;
}

/// Takes an option of one word; false as take_time.
bool take_flag(StringOptions& options, std::string_view word, OptionsOf whose)
{
    if (whose == OptionsOf::getex) {
        const bool fits = equal_ignoring_case(word, "persist") && !options.unit;
        if (fits) options.persist = true;
        return fits;
    }
    if (equal_ignoring_case(word, "nx")) return !options.if_exists && (options.if_missing = true);
    if (equal_ignoring_case(word, "xx")) return !options.if_missing && (options.if_exists = true);
    if (equal_ignoring_case(word, "get")) return options.get = true;
    if (equal_ignoring_case(word, "keepttl")) return !options.unit && (options.keep_ttl = true);
    return false;
}

/// Reads the options from word `first` on; nullopt: a syntax error.
std::optional<StringOptions> parse_options(const Call& call, std::size_t first, OptionsOf whose)
{
    StringOptions options;
    for (std::size_t i = first; i < call.size(); ++i) {
        if (take_flag(options, call[i], whose)) continue;
        const std::string_view next = i + 1 < call.size() ? call[i + 1] : std::string_view();
        if (!take_time(options, call[i], i + 1 < call.size() ? &next : nullptr)) {
            return std::nullopt;
        }
        ++i;
    }
    return options;
}

/// The moment that the options mean when it is `now`. It must lie ahead of 0; whether it lies in
/// the past does not matter.
std::variant<UnixMillis, Error> expiry_of(const Call& call, const StringOptions& options,
                                          UnixMillis now)
{
    const auto number = parse_integer(options.time);
    if (!number) return error(not_an_integer);
    const auto when = *number > 0 ? moment(*number, *options.unit, now) : std::nullopt;
    if (!when) return invalid_expire_time(call.command);
    return *when;
}

/// Stores without a condition; `before` is what the key had.
Reply exchange(Transaction& store, Draft value, UnixMillis expires, const Row& before)
{
    Reply old = value_of(before);
    store.put(std::move(value), expires);
    return old;
}

Reply set(Call& call, const StringOptions& options)
{
    UnixMillis expires = never;
    if (options.unit) {
        const auto when = expiry_of(call, options, call.context.store.clock().now());
        if (const auto* refused = std::get_if<Error>(&when)) return *refused;
        expires = std::get<UnixMillis>(when);
    }
    Draft& value = call.values().front();
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    const bool refused = row ? options.if_missing : options.if_exists;
    const bool is_read = options.get && count(store->counters().get, static_cast<bool>(row));
    if (is_read && row->is_collection()) return error(wrong_type);
    if (refused) return options.get ? value_of(row) : Reply(Null{});

    ++store->counters().set;
    if (options.keep_ttl && row) expires = row->expires;
    if (options.get) return exchange(*store, std::move(value), expires, row);
    store->put(std::move(value), expires);
    return ok;
}

Reply set_with_expiry(Call& call, TimeUnit unit)
{
    StringOptions options;
    options.unit = unit;
    options.time = call[2];
    return set(call, options);
}

Reply handle_set(Call& call)
{
    if (call.size() == 3) return set(call, StringOptions());  // as nearly all are
    const auto options = parse_options(call, 3, OptionsOf::set);
    if (!options) return error(syntax_error);
    return set(call, *options);
}

Reply handle_setnx(Call& call)
{
    StringOptions options;
    options.if_missing = true;
    Reply reply = set(call, options);
    if (std::holds_alternative<Error>(reply)) return reply;
    return Integer{std::holds_alternative<Simple>(reply) ? 1 : 0};
}

Reply handle_setex(Call& call)
{
    return set_with_expiry(call, {true, true});
}

Reply handle_psetex(Call& call)
{
    return set_with_expiry(call, {false, true});
}

Reply handle_getset(Call& call)
{
    StringOptions options;
    options.get = true;
    return set(call, options);
}

Reply handle_getex(Call& call)
{
    const auto options = parse_options(call, 2, OptionsOf::getex);
    if (!options) return error(syntax_error);
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    Reply value = value_of(row);
    if (!std::holds_alternative<Stored>(value)) return value;
    if (options->unit) {
        const auto when = expiry_of(call, *options, store->now());
        if (const auto* refused = std::get_if<Error>(&when)) return *refused;
        set_expiry(*store, row, std::get<UnixMillis>(when));
    } else if (options->persist && row->expires != never) {
        set_expiry(*store, row, never);
    }
    return value;
}

}  // namespace

std::span<const Handler> string_handlers()
{
    static constexpr Handler table[] = {
        {"get", handle_get},           {"set", handle_set},         {"setnx", handle_setnx},
        {"setex", handle_setex},       {"psetex", handle_psetex},   {"getset", handle_getset},
        {"getdel", handle_getdel},     {"getex", handle_getex},     {"mget", handle_mget},
        {"mset", handle_mset},         {"msetnx", handle_msetnx},   {"strlen", handle_strlen},
        {"getrange", handle_getrange}, {"substr", handle_getrange},
    };
    return table;
}

}  // namespace kv::resp
