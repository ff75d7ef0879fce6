#include "server/command/stats.h"

#include "common/version.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

namespace kv {

namespace {

class Rows {
public:
    template <class Value>
    void add(std::string_view name, const Value& value)
    {
        rows_.emplace_back(name, fmt::format("{}", value));
    }

    void add_seconds(std::string_view name, const timeval& time)
    {
        rows_.emplace_back(name, fmt::format("{}.{:06}", time.tv_sec, time.tv_usec));
    }

    [[nodiscard]] Statistics take() { return {std::move(rows_)}; }

private:
    std::vector<std::pair<std::string_view, std::string>> rows_;
};

void add_process(Rows& rows, const ServerFigures& figures, UnixMillis now)
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);  // cannot fail with these arguments (getrusage(2))
    rows.add("pid", ::getpid());
    rows.add("uptime", figures.uptime.count());
    rows.add("time", std::chrono::duration_cast<std::chrono::seconds>(now).count());
    rows.add("version", version);
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

}  // namespace

Statistics general_statistics(const Context& context)
{
    const ServerFigures figures = context.server.figures();
    StoreCounters counters;
    std::size_t items = 0;
    std::size_t bytes = 0;
    UnixMillis now{0};
    {
        Transaction transaction(context.store);
        counters = transaction.counters();
        items = transaction.size();
        bytes = transaction.bytes();
        now = transaction.now();
    }
    Rows rows;
    add_process(rows, figures, now);
    add_connections(rows, figures);
    add_commands(rows, counters);
    rows.add("bytes_read", figures.bytes_read);
    rows.add("bytes_written", figures.bytes_written);
    rows.add("limit_maxbytes", context.store.budget().limit());
    rows.add("threads", figures.clients);
    rows.add("bytes", bytes);
    rows.add("curr_items", items);
    rows.add("total_items", counters.total_items);
    rows.add("expired_unfetched", counters.expired_unfetched);
    rows.add("reclaimed", counters.reclaimed);
    return rows.take();
}

}  // namespace kv
