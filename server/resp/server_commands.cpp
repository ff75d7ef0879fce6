// The server as a whole (redis.io/commands, "server"); info.cpp and command_info.cpp have INFO and
// COMMAND.
#include "common/quoting.h"
#include "common/words.h"
#include "server/command/execute.h"
#include "server/command/steps.h"
#include "server/resp/diagnostics.h"
#include "server/resp/glob.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

namespace {

Reply handle_memory_usage(Call& call)
{
    if (call.size() != 3 && call.size() != 5) return error(syntax_error);
    if (call.size() == 5) {
        if (!equal_ignoring_case(call[3], "samples")) return error(syntax_error);
        const auto samples = parse_integer(call[4]);
        if (!samples) return error(not_an_integer);
        if (*samples < 0) return error(syntax_error);
    }
    const WithLock store(call.context);
    const Row row = store->find(call.key());
    if (!row) return Null{};
    return integer(row->footprint());
}

Reply handle_time(Call&)
{
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<microseconds>(now).count();
    return Array{Array::Kind::array,
                 {Bulk{std::to_string(time / 1'000'000)}, Bulk{std::to_string(time % 1'000'000)}}};
}

/// DEBUGTIME p | r | SECONDS: kvserver's own, as debugtime on memcache://.
Reply handle_debugtime(Call& call)
{
    VirtualClock* clock = call.context.server.clock_to_turn();
    if (clock == nullptr) {
        return error("ERR DEBUGTIME is not allowed: kvserver was started without --virtual-clock");
    }
    if (equal_ignoring_case("p", call[1])) {
        clock->pause();
    } else if (equal_ignoring_case("r", call[1])) {
        clock->resume();
    } else if (const auto seconds = parse_number<std::int64_t>(call[1])) {
        clock->move(std::chrono::seconds(*seconds));
    } else {
        return error(syntax_error);
    }
    return Simple{"OK"};
}

/// There is nothing to save, so it does not matter which way is asked for.
Reply handle_shutdown(Call& call)
{
    constexpr std::array<std::string_view, 4> ways{"nosave", "save", "now", "force"};
    for (std::size_t i = 1; i < call.size(); ++i) {
        const bool known = std::any_of(ways.begin(), ways.end(), [&](std::string_view way) {
            return equal_ignoring_case(way, call[i]);
        });
        if (!known) return error(syntax_error);
    }
    if (!call.context.server.shut_down()) {
        return error("ERR SHUTDOWN is not allowed: kvserver was started without --allow-shutdown");
    }
    call.closes = true;
    return NoReply{};
}

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
    const Measures& measures = call.context.server.measures();
    return {{"appendfsync", "no"},
            {"appendonly", "no"},
            {"databases", "1"},
            {"latency-monitor-threshold", std::to_string(measures.latency_from())},
            {"latency-tracking", "yes"},
            {"latency-tracking-info-percentiles", "50 99 99.9"},
            {"maxclients", value_of("max-clients")},
            {"maxmemory", std::to_string(call.context.store.budget().limit())},
            {"maxmemory-policy", evicts(call.context.server) ? "allkeys-lfu" : "noeviction"},
            {"notify-keyspace-events", ""},
            {"proto-max-bulk-len", std::to_string(call.state.max_item_bytes)},
            {"requirepass", ""},
            {"save", ""},
            {"slowlog-log-slower-than", std::to_string(measures.slow_from())},
            {"slowlog-max-len", std::to_string(measures.slow_log.longest())},
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

/// A number that a client may set.
struct NumberSetting {
    std::string_view name;
    std::int64_t least;
    void (*set)(Measures& measures, std::int64_t value);
};

constexpr std::array<NumberSetting, 3> number_settings{{
    {"latency-monitor-threshold", 0,
     [](Measures& measures, std::int64_t value) { measures.set_latency_from(value); }},
    {"slowlog-log-slower-than", -1,
     [](Measures& measures, std::int64_t value) { measures.set_slow_from(value); }},
    {"slowlog-max-len", 0,
     [](Measures& measures, std::int64_t value) { measures.slow_log.set_longest(value); }},
}};

const NumberSetting* number_setting_named(std::string_view name)
{
    const auto* found =
        std::find_if(number_settings.begin(), number_settings.end(),
                     [&](const NumberSetting& setting) { return setting.name == name; });
    return found == number_settings.end() ? nullptr : found;
}

std::optional<Error> check_number(const NumberSetting& setting, std::string_view value)
{
    const auto number = parse_integer(value);
    if (!number) return refused(setting.name, "argument couldn't be parsed into an integer");
    if (*number >= setting.least) return std::nullopt;
    return refused(setting.name, fmt::format("argument must be between {} and {} inclusive",
                                             setting.least, INT64_MAX));
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
    } else if (const NumberSetting* setting = number_setting_named(name)) {
        return check_number(*setting, value);
    } else if (found->second != value) {
        return refused(name, "can't set immutable config");
    }
    return std::nullopt;
}

Reply handle_config_get(Call& call)
{
    Settings left = settings(call);
    Array found{Array::Kind::map, {}};
    for (std::size_t i = 2; i < call.size() && !left.empty(); ++i) {
        const auto pattern = Glob::compile(in_small_letters(call[i]));
        if (!pattern) return error(pattern_too_long);
        std::erase_if(left, [&](const auto& setting) {
            const bool fits = pattern->matches(setting.first);
            if (fits) found.elements.emplace_back(Bulk{setting.first});
            if (fits) found.elements.emplace_back(Bulk{setting.second});
            return fits;
        });
    }
    return found;
}

/// Whether a name stands before pair `end` already.
bool is_repeated(const Call& call, std::size_t end)
{
    for (std::size_t i = 2; i < end; i += 2) {
        if (equal_ignoring_case(call[i], call[end])) return true;
    }
    return false;
}

/// The memory limit, and what is noted as slow, are what a client may change.
Reply handle_config_set(Call& call)
{
    if (call.size() % 2 != 0) return error(syntax_error);
    const Settings present = settings(call);
    std::optional<std::uint64_t> limit;
    for (std::size_t i = 2; i < call.size(); i += 2) {
        const std::string name = in_small_letters(call[i]);
        if (auto why_not = check(present, name, call[i + 1])) return *why_not;
        if (is_repeated(call, i)) return refused(name, "duplicate parameter");
        if (name == "maxmemory") limit = parse_memory(call[i + 1]);
    }
    if (limit) call.context.store.set_memory_limit(*limit);
    for (std::size_t i = 2; i < call.size(); i += 2) {
        const NumberSetting* setting = number_setting_named(in_small_letters(call[i]));
        if (setting != nullptr) {
            setting->set(call.context.server.measures(), *parse_integer(call[i + 1]));
        }
    }
    return ok;
}

Reply handle_config_resetstat(Call& call)
{
    call.context.server.reset_figures();
    call.context.server.measures().times.reset();
    call.context.server.measures().errors.reset();
    const WithLock store(call.context);
    store->counters() = {};
    return ok;
}

Reply handle_config_rewrite(Call&)
{
    return error("ERR The server is running without a config file");
}

}  // namespace

bool is_secret(const Command& command, Words words, std::size_t i)
{
    if (command.name == "auth") return i > 0;
    if (command.name != "hello" || i < 3) return false;
    return equal_ignoring_case(words[i - 1], "auth") ||
           (i > 3 && equal_ignoring_case(words[i - 2], "auth"));
}

namespace {

Reply handle_monitor(Call& call)
{
    call.state.monitoring.begin(call.context);
    return ok;
}

}  // namespace

// +1339518083.107412 [0 127.0.0.1:60866] "set" "key" "value"
std::string line_for_monitors(const Command& command, Words words, const Context& context)
{
    using std::chrono::microseconds;
    if ((command.flags & admin) != 0 || !context.server.monitors().any()) return {};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<microseconds>(now).count();
    std::string line = fmt::format("+{}.{:06} [{} {}]", time / 1'000'000, time % 1'000'000,
                                   context.client.database(), context.client.address());
    for (std::size_t i = 0; i < words.size(); ++i) {
        line += " " + (is_secret(command, words, i) ? "\"(redacted)\"" : in_quotes(words[i]));
    }
    return line + "\r\n";
}

bool evicts(const ServerControl& server)
{
    const auto settings = server.settings();
    return std::find(settings.begin(), settings.end(),
                     std::pair(std::string_view("when-full"), std::string("evict"))) !=
           settings.end();
}

std::span<const Handler> server_handlers()
{
    static constexpr Handler table[] = {
        {"memory|usage", handle_memory_usage},
        {"time", handle_time},
        {"debugtime", handle_debugtime},
        {"monitor", handle_monitor},
        {"shutdown", handle_shutdown},
        {"config|get", handle_config_get},
        {"config|resetstat", handle_config_resetstat},
        {"config|rewrite", handle_config_rewrite},
        {"config|set", handle_config_set},
    };
    return table;
}

}  // namespace kv::resp
