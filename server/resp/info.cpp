// INFO: what there is to tell of the server, in sections of "name:value" lines under Redis' names,
// so that its tools work.
#include "common/version.h"
#include "common/words.h"
#include "server/resp/diagnostics.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace kv::resp {

namespace {

/// Everything INFO draws from, gathered once.
struct Database {
    std::uint32_t number;
    std::size_t keys;
    std::size_t expiring;
};

struct Facts {
    ServerFigures server;
    StoreCounters store;
    std::size_t items = 0;
    std::size_t expiring = 0;
    std::size_t item_bytes = 0;
    std::size_t used_bytes = 0;  ///< with what is held and waits
    std::size_t memory_limit = 0;
    UnixMillis now{0};
    bool evicts = false;
    std::size_t waiting_clients = 0;
    std::vector<Database> databases{};
    const Measures* measures = nullptr;
};

Facts gather(Call& call)
{
    Facts facts;
    facts.server = call.context.server.figures_since_reset();
    facts.used_bytes = call.context.store.budget().used();
    facts.memory_limit = call.context.store.budget().limit();
    facts.evicts = evicts(call.context.server);
    facts.measures = &call.context.server.measures();
    const WithLock store(call.context);
    facts.store = store->counters();
    facts.items = store->size();
    facts.expiring = store->expiring();
    facts.item_bytes = store->bytes();
    facts.now = store->now();
    facts.waiting_clients = store->waiting_clients();
    const auto add = [&](const Space& space) {
        facts.databases.push_back({space.number, space.table->size(), space.expiring});
    };
    for (const Space* database : store->databases()) add(*database);
    if (store->space().is_private()) add(store->space());
    return facts;
}

}  // namespace

Resident resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    Resident pages;
    statm >> total >> pages.all >> pages.program;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return {pages.all * page, pages.program * page};
}

namespace {

/// Bytes of memory that the machine has.
std::size_t system_bytes()
{
    return static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) *
           static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::string in_units(std::size_t bytes)
{
    constexpr std::array<char, 4> units{'B', 'K', 'M', 'G'};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < units.size()) {
        amount /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{}B", bytes) : fmt::format("{:.2f}{}", amount, units[unit]);
}

std::string server_section(const Facts& facts)
{
    utsname system{};
    ::uname(&system);
    const auto uptime = facts.server.uptime.count();
    return fmt::format(
        "redis_version:{}\r\nredis_mode:standalone\r\nkvserver_version:{}\r\nos:{} {} {}\r\n"
        "arch_bits:{}\r\nprocess_id:{}\r\nserver_time_usec:{}\r\nuptime_in_seconds:{}\r\n"
        "uptime_in_days:{}\r\n",
        redis_version, version, system.sysname, system.release, system.machine, 8 * sizeof(void*),
        ::getpid(), facts.now.count() * 1000, uptime, uptime / 86400);
}

std::string clients_section(const Facts& facts)
{
    return fmt::format(
        "connected_clients:{}\r\nmaxclients:{}\r\nblocked_clients:{}\r\ntracking_clients:0\r\n",
        facts.server.clients, facts.server.max_clients, facts.waiting_clients);
}

std::string memory_section(const Facts& facts)
{
    const Resident resident = resident_bytes();
    const std::size_t system = system_bytes();
    // As Redis', which counts its own memory as used: a small store says nothing of fragments.
    const auto used =
        static_cast<double>(std::max<std::size_t>(1, facts.item_bytes + resident.program));
    return fmt::format(
        "used_memory:{}\r\nused_memory_human:{}\r\nused_memory_rss:{}\r\n"
        "used_memory_rss_human:{}\r\nused_memory_dataset:{}\r\nmaxmemory:{}\r\n"
        "maxmemory_human:{}\r\nmaxmemory_policy:{}\r\nmem_fragmentation_ratio:{:.2f}\r\n"
        "total_system_memory:{}\r\ntotal_system_memory_human:{}\r\n",
        facts.used_bytes, in_units(facts.used_bytes), resident.all, in_units(resident.all),
        facts.item_bytes, facts.memory_limit, in_units(facts.memory_limit),
        facts.evicts ? "allkeys-lfu" : "noeviction", static_cast<double>(resident.all) / used,
        system, in_units(system));
}

/// Nothing is ever written to disk; tools look for these to say so.
std::string persistence_section(const Facts&)
{
    return "loading:0\r\nasync_loading:0\r\nrdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status:"
           "ok\r\n"
           "aof_enabled:0\r\naof_rewrite_in_progress:0\r\naof_last_write_status:ok\r\n";
}

std::string stats_section(const Facts& facts)
{
    const StoreCounters& store = facts.store;
    return fmt::format(
        "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n"
        "total_net_input_bytes:{}\r\ntotal_net_output_bytes:{}\r\nrejected_connections:{}\r\n"
        "expired_keys:{}\r\nevicted_keys:{}\r\nkeyspace_hits:{}\r\nkeyspace_misses:{}\r\n",
        facts.server.clients_ever, facts.server.commands, facts.server.bytes_read,
        facts.server.bytes_written, facts.server.clients_refused, store.reclaimed, store.evictions,
        store.get.hits, store.get.misses);
}

std::string replication_section(const Facts&)
{
    return "role:master\r\nconnected_slaves:0\r\nmaster_repl_offset:0\r\n";
}

std::string cpu_section(const Facts&)
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);  // cannot fail with these arguments (getrusage(2))
    return fmt::format("used_cpu_sys:{}.{:06}\r\nused_cpu_user:{}.{:06}\r\n", usage.ru_stime.tv_sec,
                       usage.ru_stime.tv_usec, usage.ru_utime.tv_sec, usage.ru_utime.tv_usec);
}

/// Calls visit(command, tally) for each that has been asked for.
template <class Visit>
void for_each_tally(const Measures& measures, Visit visit)
{
    for (const Command& command : all_commands()) {
        const CommandTally tally = measures.times.of(command.number);
        if (tally.calls() > 0 || tally.rejected > 0) visit(command, tally);
    }
}

std::string commandstats_section(const Facts& facts)
{
    std::string text;
    const double rate = facts.measures->rate.per_microsecond();
    for_each_tally(*facts.measures, [&](const Command& command, const CommandTally& tally) {
        const std::uint64_t calls = tally.calls();
        const double microseconds = tally.sum() / rate;
        const double each = calls == 0 ? 0 : microseconds / static_cast<double>(calls);
        text += fmt::format(
            "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}"
            "\r\n",
            command.name, calls, static_cast<std::uint64_t>(microseconds), each, tally.rejected,
            tally.failed);
    });
    return text;
}

std::string errorstats_section(const Facts& facts)
{
    std::string text;
    for (const auto& [error, count] : facts.measures->errors.all()) {
        text += fmt::format("errorstat_{}:count={}\r\n", error, count);
    }
    return text;
}

std::string latencystats_section(const Facts& facts)
{
    std::string text;
    const double rate = facts.measures->rate.per_microsecond();
    for_each_tally(*facts.measures, [&](const Command& command, const CommandTally& tally) {
        if (tally.calls() == 0) return;
        const auto at = [&](double share) {
            return static_cast<double>(tally.percentile(share)) / rate;
        };
        text += fmt::format("latency_percentiles_usec_{}:p50={:.3f},p99={:.3f},p99.9={:.3f}\r\n",
                            command.name, at(0.5), at(0.99), at(0.999));
    });
    return text;
}

std::string cluster_section(const Facts&)
{
    return "cluster_enabled:0\r\n";
}

std::string keyspace_section(const Facts& facts)
{
    std::string lines;
    for (const Database& database : facts.databases) {
        if (database.keys == 0) continue;
        lines += fmt::format("db{}:keys={},expires={},avg_ttl=0\r\n", database.number,
                             database.keys, database.expiring);
    }
    return lines;
}

struct Section {
    std::string_view title;
    std::string (*describe)(const Facts& facts);
    bool by_default = true;
};

constexpr std::array<Section, 12> sections{{
    {"Server", server_section},
    {"Clients", clients_section},
    {"Memory", memory_section},
    {"Persistence", persistence_section},
    {"Stats", stats_section},
    {"Replication", replication_section},
    {"CPU", cpu_section},
    {"Commandstats", commandstats_section, false},
    {"Errorstats", errorstats_section},
    {"Latencystats", latencystats_section, false},
    {"Cluster", cluster_section},
    {"Keyspace", keyspace_section},
}};

/// Whether one of the call's words names the section, or all of them, or those that INFO alone has.
bool is_asked_for(const Call& call, const Section& section)
{
    if (call.size() == 1) return section.by_default;
    for (std::size_t i = 1; i < call.size(); ++i) {
        const std::string_view word = call[i];
        if (equal_ignoring_case(word, section.title)) return true;
        if (equal_ignoring_case(word, "all") || equal_ignoring_case(word, "everything"))
            return true;
        if (equal_ignoring_case(word, "default") && section.by_default) return true;
    }
    return false;
}

/// The sections that the call names, in any case of letters.
Reply handle_info(Call& call)
{
    const Facts facts = gather(call);
    std::string text;
    for (const Section& section : sections) {
        if (!is_asked_for(call, section)) continue;
        if (!text.empty()) text += "\r\n";
        text += fmt::format("# {}\r\n{}", section.title, section.describe(facts));
    }
    return Verbatim{std::move(text)};
}

}  // namespace

std::span<const Handler> info_handlers()
{
    static constexpr Handler table[] = {
        {"info", handle_info},
    };
    return table;
}

}  // namespace kv::resp
