#include "server/resp/expiry_options.h"

#include "common/letter_case.h"
#include "server/resp/errors.h"
#include "server/resp/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kv::resp {

namespace {

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
bool take_word(StringOptions& options, std::string_view word, OptionsOf whose)
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

}  // namespace

std::optional<StringOptions> parse_options(const Call& call, std::size_t first, OptionsOf whose)
{
    StringOptions options;
    for (std::size_t i = first; i < call.size(); ++i) {
        if (take_word(options, call[i], whose)) continue;
        const std::string_view next = i + 1 < call.size() ? call[i + 1] : std::string_view();
        if (!take_time(options, call[i], i + 1 < call.size() ? &next : nullptr)) {
            return std::nullopt;
        }
        ++i;
    }
    return options;
}

void set_expiry(Transaction& store, Table::Row& row, UnixMillis expires)
{
    store.touch(row, expires);
    row.first->cas = store.next_cas();
}

Error invalid_expire_time(const Command& command)
{
    return {fmt::format("ERR invalid expire time in '{}' command", command.name)};
}

std::optional<UnixMillis> expiry_of(const Call& call, std::string_view time, TimeUnit unit,
                                    UnixMillis now, Error& why)
{
    const auto number = parse_integer(time);
    if (!number) {
        why = error(not_an_integer);
        return std::nullopt;
    }
    why = invalid_expire_time(call.command);
    if (*number <= 0 || (unit.in_seconds && *number > INT64_MAX / 1000)) return std::nullopt;
    const UnixMillis span{unit.in_seconds ? *number * 1000 : *number};
    if (unit.from_now && span > UnixMillis::max() - now) return std::nullopt;
    return std::min(unit.from_now ? now + span : span, latest_expiry);
}

}  // namespace kv::resp
