#include "server/memcached/stats.h"

#include "common/version.h"
#include "server/command/with_lock.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

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

void add_connections(Rows& rows, const ServerFigures& figures)
{
    rows.add("max_connections", figures.max_clients);
    rows.add("curr_connections", figures.clients);
    rows.add("total_connections", figures.clients_ever);
    rows.add("rejected_connections", figures.clients_refused);
}

void add_commands(Rows& rows, const StoreCounters& counters)
{
    rows.add("cmd_get", counters.get.hits + counters.get.misses);
    rows.add("cmd_set", counters.set);
    rows.add("cmd_flush", counters.flush);
    rows.add("cmd_touch", counters.touch.hits + counters.touch.misses);
    rows.add("get_hits", counters.get.hits);
    rows.add("get_misses", counters.get.misses);
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
}

struct StoreFigures {
    StoreCounters counters;
    std::size_t items = 0;
    std::size_t bytes = 0;
    UnixMillis now{0};
};

/// All of one moment, and formatted after the lock is gone.
StoreFigures figures_of(const Context& context)
{
    const WithLock store(context);
    return {store->counters(), store->size(), store->bytes(), store->now()};
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
    rows.add("threads", server.clients);
    rows.add("bytes", store.bytes);
    rows.add("curr_items", store.items);
    rows.add("total_items", store.counters.total_items);
    rows.add("expired_unfetched", store.counters.expired_unfetched);
    rows.add("evicted_unfetched", store.counters.evicted_unfetched);
    rows.add("evictions", store.counters.evictions);
    rows.add("reclaimed", store.counters.reclaimed);
    return rows.take();
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
    return rows.take();
}

/// Everything is in one class, as there are no slabs.
Statistics items(const Context& context)
{
    const StoreFigures store = figures_of(context);
    Rows rows;
    if (store.items == 0) return rows.take();
    rows.add("items:1:number", store.items);
    rows.add("items:1:mem_requested", store.bytes);
    rows.add("items:1:evicted", store.counters.evictions);
    rows.add("items:1:evicted_unfetched", store.counters.evicted_unfetched);
    rows.add("items:1:expired_unfetched", store.counters.expired_unfetched);
    rows.add("items:1:reclaimed", store.counters.reclaimed);
    return rows.take();
}

Statistics clients(const Context& context)
{
    Rows rows;
    const auto now = std::chrono::steady_clock::now();
    context.server.visit_clients([&](const ClientRecord& client) {
        const auto idle = now - client.traffic().last_read.load(std::memory_order_relaxed);
        rows.add(fmt::format("{}:addr", client.id()), client.address());
        rows.add(fmt::format("{}:listen_addr", client.id()), client.local_address());
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
        case Stats::Group::none: break;
    }
    return {};
}

}  // namespace kv::memcached
