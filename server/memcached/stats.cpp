#include "server/memcached/stats.h"

#include "common/version.h"
#include "server/command/execute.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <utility>

namespace kv::memcached {

namespace {

class Rows {
public:
    template <class Value>
    void add(std::string name, const Value& value)
    {
        rows_.emplace_back(std::move(name), fmt::format("{}", value));
    }

    void add_seconds(std::string name, const timeval& time)
    {
        rows_.emplace_back(std::move(name), fmt::format("{}.{:06}", time.tv_sec, time.tv_usec));
    }

    [[nodiscard]] Statistics take() { return {std::move(rows_)}; }

private:
    std::vector<std::pair<std::string, std::string>> rows_;
};

void add_process(Rows& rows, const ServerFigures& figures, UnixMillis now)
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);  // cannot fail with these arguments (getrusage(2))
    rows.add("pid", ::getpid());
    rows.add("uptime", figures.uptime.count());
    rows.add("time", std::chrono::duration_cast<std::chrono::seconds>(now).count());
    rows.add("version", memcached_version);
    rows.add("pointer_size", 8 * sizeof(void*));
    rows.add_seconds("rusage_user", usage.ru_utime);
    rows.add_seconds("rusage_system", usage.ru_stime);
}

/// What memcached counts of parts that we do not have.
void add_zeros(Rows& rows, std::initializer_list<const char*> names, std::string_view prefix = {})
{
    for (const char* name : names) rows.add(fmt::format("{}{}", prefix, name), 0);
}

void add_connections(Rows& rows, const ServerFigures& figures)
{
    rows.add("max_connections", figures.max_clients);
    rows.add("curr_connections", figures.clients);
    rows.add("total_connections", figures.clients_ever);
    rows.add("rejected_connections", figures.clients_refused);
    rows.add("connection_structures", figures.clients);
    add_zeros(rows,
              {"response_obj_oom", "response_obj_count", "response_obj_bytes", "read_buf_count",
               "read_buf_bytes", "read_buf_bytes_free", "read_buf_oom", "reserved_fds"});
}

/// A flush frees what it drops at once, so nothing that is got has been flushed.
void add_commands(Rows& rows, const StoreCounters& counters)
{
    rows.add("cmd_get", counters.get.hits + counters.get.misses);
    rows.add("cmd_set", counters.set);
    rows.add("cmd_flush", counters.flush);
    rows.add("cmd_touch", counters.touch.hits + counters.touch.misses);
    rows.add("cmd_meta", counters.meta);
    rows.add("get_hits", counters.get.hits);
    rows.add("get_misses", counters.get.misses);
    rows.add("get_expired", counters.get_expired);
    add_zeros(rows, {"get_flushed"});
    rows.add("delete_misses", counters.del.misses);
    rows.add("delete_hits", counters.del.hits);
    rows.add("incr_misses", counters.incr.misses);
    rows.add("incr_hits", counters.incr.hits);
    rows.add("decr_misses", counters.decr.misses);
    rows.add("decr_hits", counters.decr.hits);
    rows.add("cas_misses", counters.cas.misses);
    rows.add("cas_hits", counters.cas.hits);
    rows.add("cas_badval", counters.cas_badval);
    rows.add("touch_hits", counters.touch.hits);
    rows.add("touch_misses", counters.touch.misses);
    rows.add("store_too_large", counters.too_large);
    rows.add("store_no_memory", counters.no_memory);
    add_zeros(rows, {"auth_cmds", "auth_errors"});
}

struct StoreFigures {
    StoreCounters counters;
    std::size_t items = 0;
    std::size_t bytes = 0;
    std::size_t buckets = 0;  ///< of the table
    UnixMillis now{0};
};

/// All of one moment, and formatted after the lock is gone.
StoreFigures figures_of(const Context& context)
{
    const WithLock store(context);
    const std::size_t buckets = Table::shards * store->place(0, 0).buckets;
    return {store->counters(), store->size(), store->bytes(), buckets, store->now()};
}

void add_table(Rows& rows, const StoreFigures& store)
{
    rows.add("hash_power_level", std::bit_width(store.buckets) - 1);
    rows.add("hash_bytes", store.buckets * sizeof(void*));
    add_zeros(rows, {"hash_is_expanding",
                     "slab_reassign_rescues",
                     "slab_reassign_chunk_rescues",
                     "slab_reassign_evictions_nomem",
                     "slab_reassign_inline_reclaim",
                     "slab_reassign_busy_items",
                     "slab_reassign_busy_deletes",
                     "slab_reassign_running",
                     "slabs_moved",
                     "lru_crawler_running",
                     "lru_crawler_starts",
                     "lru_maintainer_juggles",
                     "malloc_fails",
                     "log_worker_dropped",
                     "log_worker_written",
                     "log_watcher_skipped",
                     "log_watcher_sent",
                     "log_watchers",
                     "unexpected_napi_ids",
                     "round_robin_fallback"});
}

void add_items(Rows& rows, const StoreFigures& store)
{
    const StoreCounters& counters = store.counters;
    rows.add("bytes", store.bytes);
    rows.add("curr_items", store.items);
    rows.add("total_items", counters.total_items);
    add_zeros(rows, {"slab_global_page_pool"});
    rows.add("expired_unfetched", counters.expired_unfetched);
    rows.add("evicted_unfetched", counters.evicted_unfetched);
    add_zeros(rows, {"evicted_active"});
    rows.add("evictions", counters.evictions);
    rows.add("reclaimed", counters.reclaimed);
    add_zeros(rows, {"crawler_reclaimed", "crawler_items_checked", "lrutail_reflocked",
                     "moves_to_cold", "moves_to_warm", "moves_within_lru"});
    rows.add("direct_reclaims", counters.evictions);
    add_zeros(rows, {"lru_bumps_dropped"});
}

Statistics general(const Context& context)
{
    const ServerFigures server = context.server.figures_since_reset();
    const StoreFigures store = figures_of(context);
    Rows rows;
    add_process(rows, server, store.now);
    add_connections(rows, server);
    add_commands(rows, store.counters);
    rows.add("bytes_read", server.bytes_read);
    rows.add("bytes_written", server.bytes_written);
    rows.add("limit_maxbytes", context.store.budget().limit());
    rows.add("accepting_conns", 1);
    add_zeros(rows, {"listen_disabled_num", "time_in_listen_disabled_us"});
    rows.add("threads", server.clients);
    add_zeros(rows, {"conn_yields"});
    add_table(rows, store);
    add_items(rows, store);
    return rows.take();
}

/// What memcached would have to be set to, to do what we do.
void add_fixed_settings(Rows& rows)
{
    static constexpr std::pair<const char*, const char*> fixed[] = {
        {"udpport", "0"},
        {"oldest", "0"},
        {"growth_factor", "1.25"},
        {"chunk_size", "48"},
        {"stat_key_prefix", ":"},
        {"cas_enabled", "yes"},
        {"binding_protocol", "auto-negotiate"},
        {"auth_enabled_sasl", "no"},
        {"auth_enabled_ascii", "no"},
        {"maxconns_fast", "yes"},
        {"hashpower_init", "0"},
        {"slab_reassign", "no"},
        {"slab_automove", "0"},
        {"lru_crawler", "yes"},
        {"lru_crawler_sleep", "0"},
        {"lru_crawler_tocrawl", "0"},
        {"tail_repair_time", "0"},
        {"flush_enabled", "yes"},
        {"dump_enabled", "yes"},
        {"hash_algorithm", "siphash"},
        {"lru_maintainer_thread", "no"},
        {"lru_segmented", "no"},
        {"hot_lru_pct", "0"},
        {"warm_lru_pct", "0"},
        {"hot_max_factor", "0.00"},
        {"warm_max_factor", "0.00"},
        {"temp_lru", "no"},
        {"temporary_ttl", "0"},
        {"track_sizes", "no"},
        {"inline_ascii_response", "no"},
        {"client_flags_size", "4"},
        {"ssl_enabled", "no"},
    };
    for (const auto& [name, value] : fixed) rows.add(name, value);
}

/// The options under their own names, and under memcached's where it has the same.
Statistics settings(const Context& context)
{
    Rows rows;
    for (const auto& [name, value] : context.server.settings()) {
        if (name == "memory-limit") rows.add("maxbytes", value);
        if (name == "max-clients") rows.add("maxconns", value);
        if (name == "max-item-size") rows.add("item_size_max", value);
        if (name == "when-full") rows.add("evictions", value == "evict" ? "on" : "off");
        if (name == "allow-shutdown") rows.add("shutdown_command", value);
        if (name == "idle-timeout") rows.add("idle_timeout", value);
        rows.add(fmt::format("kvserver:{}", name), value);
    }
    rows.add("num_threads", context.server.figures().clients);
    rows.add("detail_enabled", context.server.prefix_counts().enabled() ? "yes" : "no");
    add_fixed_settings(rows);
    return rows.take();
}

/// Everything is in one class, as there are no slabs.
Statistics items(const Context& context)
{
    const StoreFigures store = figures_of(context);
    const StoreCounters& counters = store.counters;
    Rows rows;
    if (store.items == 0) return rows.take();
    rows.add("items:1:number", store.items);
    add_zeros(rows, {"number_hot", "number_warm"}, "items:1:");
    rows.add("items:1:number_cold", store.items);
    add_zeros(rows, {"age_hot", "age_warm", "age"}, "items:1:");
    rows.add("items:1:mem_requested", store.bytes);
    rows.add("items:1:evicted", counters.evictions);
    add_zeros(rows, {"evicted_nonzero", "evicted_time"}, "items:1:");
    rows.add("items:1:outofmemory", counters.no_memory);
    add_zeros(rows, {"tailrepairs"}, "items:1:");
    rows.add("items:1:reclaimed", counters.reclaimed);
    rows.add("items:1:expired_unfetched", counters.expired_unfetched);
    rows.add("items:1:evicted_unfetched", counters.evicted_unfetched);
    add_zeros(rows,
              {"evicted_active", "crawler_reclaimed", "crawler_items_checked", "lrutail_reflocked",
               "moves_to_cold", "moves_to_warm", "moves_within_lru"},
              "items:1:");
    rows.add("items:1:direct_reclaims", counters.evictions);
    add_zeros(rows, {"hits_to_hot", "hits_to_warm"}, "items:1:");
    rows.add("items:1:hits_to_cold", counters.get.hits);
    add_zeros(rows, {"hits_to_temp"}, "items:1:");
    return rows.take();
}

/// One class of pages of 1 MiB, whose chunks are as large as the items are on average.
Statistics slabs(const Context& context)
{
    constexpr std::size_t page_bytes = std::size_t{1} << 20;
    const StoreFigures store = figures_of(context);
    const StoreCounters& counters = store.counters;
    std::size_t pages = 0;
    Rows rows;
    if (store.items > 0) {
        const std::size_t chunk_bytes = (store.bytes + store.items - 1) / store.items;
        const std::size_t per_page = std::max<std::size_t>(1, page_bytes / chunk_bytes);
        pages = (store.items + per_page - 1) / per_page;
        rows.add("1:chunk_size", chunk_bytes);
        rows.add("1:chunks_per_page", per_page);
        rows.add("1:total_pages", pages);
        rows.add("1:total_chunks", pages * per_page);
        rows.add("1:used_chunks", store.items);
        rows.add("1:free_chunks", pages * per_page - store.items);
        rows.add("1:free_chunks_end", 0);
        rows.add("1:mem_requested", store.bytes);
        rows.add("1:get_hits", counters.get.hits);
        rows.add("1:cmd_set", counters.set);
        rows.add("1:delete_hits", counters.del.hits);
        rows.add("1:incr_hits", counters.incr.hits);
        rows.add("1:decr_hits", counters.decr.hits);
        rows.add("1:cas_hits", counters.cas.hits);
        rows.add("1:cas_badval", counters.cas_badval);
        rows.add("1:touch_hits", counters.touch.hits);
    }
    rows.add("active_slabs", store.items > 0 ? 1 : 0);
    rows.add("total_malloced", pages * page_bytes);
    return rows.take();
}

/// memcached's answer unless it was started to keep them.
Statistics sizes()
{
    Rows rows;
    rows.add("sizes_status", "disabled");
    return rows.take();
}

/// As memcached writes addresses: tcp:127.0.0.1:11211, unix:/path.
std::string with_kind(const std::string& address)
{
    return address.starts_with("unix") ? address : "tcp:" + address;
}

Statistics clients(const Context& context)
{
    Rows rows;
    const auto now = std::chrono::steady_clock::now();
    context.server.visit_clients([&](const ClientRecord& client) {
        const auto idle = now - client.traffic().last_read.load(std::memory_order_relaxed);
        rows.add(fmt::format("{}:addr", client.id()), with_kind(client.address()));
        rows.add(fmt::format("{}:listen_addr", client.id()), with_kind(client.local_address()));
        const bool asks = client.id() == context.client.id();
        rows.add(fmt::format("{}:state", client.id()), asks ? "conn_parse_cmd" : "conn_read");
        rows.add(fmt::format("{}:protocol", client.id()), client.scheme());
        rows.add(fmt::format("{}:secs_since_last_cmd", client.id()),
                 std::chrono::duration_cast<std::chrono::seconds>(idle).count());
    });
    return rows.take();
}

}  // namespace

Statistics statistics(Stats::Group group, const Context& context)
{
    switch (group) {
        case Stats::Group::general: return general(context);
        case Stats::Group::settings: return settings(context);
        case Stats::Group::items: return items(context);
        case Stats::Group::clients: return clients(context);
        case Stats::Group::slabs: return slabs(context);
        case Stats::Group::sizes: return sizes();
    }
    return {};
}

void count_prefix(PrefixCounts& counts, std::string_view key, const Operation& operation,
                  const Reply& reply)
{
    const bool reads = std::holds_alternative<Get>(operation) ||
                       std::holds_alternative<GetAndTouch>(operation) ||
                       std::holds_alternative<MetaGet>(operation);
    const bool stores =
        std::holds_alternative<Put>(operation) || std::holds_alternative<Unstorable>(operation);
    const bool deletes =
        std::holds_alternative<Delete>(operation) || std::holds_alternative<MetaDelete>(operation);
    if (!reads && !stores && !deletes) return;
    counts.add(key, [&](PrefixCounts::Counts& of_prefix) {
        of_prefix.gets += reads ? 1 : 0;
        of_prefix.hits += reads && !std::holds_alternative<Outcome>(reply) ? 1 : 0;
        of_prefix.sets += stores ? 1 : 0;
        of_prefix.deletes += deletes ? 1 : 0;
    });
}

std::string prefix_lines(const PrefixCounts& counts)
{
    std::string lines;
    counts.visit([&](const std::string& prefix, const PrefixCounts::Counts& of_prefix) {
        lines += fmt::format("PREFIX {} get {} hit {} set {} del {}\r\n", prefix, of_prefix.gets,
                             of_prefix.hits, of_prefix.sets, of_prefix.deletes);
    });
    return lines;
}

}  // namespace kv::memcached
