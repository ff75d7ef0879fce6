// CONFIG: the settings under Redis' names (redis.io/commands, "server").
#include "common/letter_case.h"
#include "common/parse_number.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/glob.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// What clients of Redis ask for, from what this server runs with.
Settings settings(Call& call)
{
    std::vector<std::pair<std::string_view, std::string>> ours = call.context.server.settings();
    const auto value_of = [&](std::string_view name) {
        const auto found = std::find_if(ours.begin(), ours.end(),
                                        [&](const auto& setting) { return setting.first == name; });
        return found == ours.end() ? std::string() : found->second;
    };
    return {{"appendfsync", "no"},
            {"appendonly", "no"},
            {"databases", "1"},
            {"maxclients", value_of("max-clients")},
            {"maxmemory", std::to_string(call.context.store.budget().limit())},
            {"maxmemory-policy", value_of("when-full") == "evict" ? "allkeys-lfu" : "noeviction"},
            {"notify-keyspace-events", ""},
            {"proto-max-bulk-len", std::to_string(call.state.max_item_bytes)},
            {"requirepass", ""},
            {"save", ""},
            {"tcp-keepalive", "30"},
            {"timeout", value_of("idle-timeout")}};
}

/// "64mb", "1g", "100": k, m and g are powers of 1,000 without a b behind them.
std::optional<std::uint64_t> parse_memory(std::string_view text)
{
    const std::string small = in_small_letters(text);
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 7> units{{{"kb", 1 << 10},
                                                                               {"mb", 1 << 20},
                                                                               {"gb", 1 << 30},
                                                                               {"k", 1000},
                                                                               {"m", 1'000'000},
                                                                               {"g", 1'000'000'000},
                                                                               {"b", 1}}};
    std::string_view digits = small;
    std::uint64_t factor = 1;
    for (const auto& [unit, bytes] : units) {
        if (!digits.ends_with(unit)) continue;
        digits.remove_suffix(unit.size());
        factor = bytes;
        break;
    }
    auto number = parse_number<std::uint64_t>(digits);
    if (!number || __builtin_mul_overflow(*number, factor, &*number)) return std::nullopt;
    return number;
}

Error refused(std::string_view name, std::string_view why)
{
    return {
        fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name, why)};
}

/// Checks one pair; all are checked before any is set.
std::optional<Error> check(const Settings& present, const std::string& name, std::string_view value)
{
    const auto found = std::find_if(present.begin(), present.end(),
                                    [&](const auto& setting) { return setting.first == name; });
    if (found == present.end()) {
        return Error{
            fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'", name)};
    }
    if (name == "maxmemory") {
        if (!parse_memory(value)) return refused(name, "argument must be a memory value");
    } else if (found->second != value) {
        return refused(name, "can't set immutable config");
    }
    return std::nullopt;
}

Reply handle_config_get(Call& call)
{
    Array found{Array::Kind::map, {}};
    for (auto& [name, value] : settings(call)) {
        for (std::size_t i = 2; i < call.size(); ++i) {
            if (!matches(in_small_letters(call[i]), name)) continue;
            found.elements.emplace_back(Bulk{name});
            found.elements.emplace_back(Bulk{value});
            break;
        }
    }
    return found;
}

/// The memory limit is the one setting a client may change.
Reply handle_config_set(Call& call)
{
    if (call.size() % 2 != 0) return error(syntax_error);
    const Settings present = settings(call);
    std::optional<std::uint64_t> limit;
    for (std::size_t i = 2; i < call.size(); i += 2) {
        const std::string name = in_small_letters(call[i]);
        if (auto why_not = check(present, name, call[i + 1])) return *why_not;
        if (name == "maxmemory") limit = parse_memory(call[i + 1]);
    }
    if (limit) call.context.store.set_memory_limit(*limit);
    return ok;
}

Reply handle_config_resetstat(Call& call)
{
    const Locked store(call);
    store->counters() = {};
    return ok;
}

Reply handle_config_rewrite(Call&)
{
    return error("ERR The server is running without a config file");
}

}  // namespace

std::span<const Handler> config_handlers()
{
    static constexpr Handler table[] = {
        {"config|get", handle_config_get},
        {"config|resetstat", handle_config_resetstat},
        {"config|rewrite", handle_config_rewrite},
        {"config|set", handle_config_set},
    };
    return table;
}

}  // namespace kv::resp
