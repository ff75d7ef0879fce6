#include "server/memcached/stats.h"

#include "common/version.h"
#include "test/support/execution.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <sstream>

BOOST_AUTO_TEST_SUITE(stats_test)

namespace {

namespace mc = kv::memcached;
/// A server with figures one can recognise.
struct BusyServer final : kv::ServerControl {
    [[nodiscard]] kv::ServerFigures figures() const override
    {
        kv::ServerFigures figures;
        figures.uptime = std::chrono::seconds(61);
        figures.max_clients = 1024;
        figures.clients = 3;
        figures.clients_ever = 17;
        figures.clients_refused = 2;
        figures.bytes_read = 1111;
        figures.bytes_written = 2222;
        return figures;
    }
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings() const override
    {
        return {{"max-clients", "1024"}};
    }
    void visit_clients(const std::function<void(const kv::ClientRecord&)>&) const override {}
    bool cut(std::uint64_t) override { return false; }
    bool shut_down() override { return false; }
};

struct Stats : kv::test::Execution {
    BusyServer busy;

    std::map<std::string, std::string> general() { return rows_of(mc::Stats::Group::general); }

    std::map<std::string, std::string> rows_of(mc::Stats::Group group)
    {
        mc::Request request{mc::Stats{group}};
        const mc::Reply reply = execute(request, {store, busy, client});
        std::map<std::string, std::string> rows;
        for (const auto& [name, value] : std::get<mc::Statistics>(reply).rows) rows[name] = value;
        return rows;
    }
};

}  // namespace

namespace {

/// The fields that a tool reads, of one group.
struct Tool {
    const char* name;
    mc::Stats::Group group;
    const char* fields;  ///< separated by blanks
};

// Some refuse the whole reply when one is missing.
constexpr Tool tools[] = {
    {"protocol.txt", mc::Stats::Group::general,
     "pid uptime time version pointer_size rusage_user rusage_system curr_items total_items bytes "
     "max_connections curr_connections total_connections rejected_connections "
     "connection_structures reserved_fds cmd_get cmd_set cmd_flush cmd_touch get_hits get_misses "
     "get_expired get_flushed delete_misses delete_hits incr_misses incr_hits decr_misses "
     "decr_hits "
     "cas_misses cas_hits cas_badval touch_hits touch_misses auth_cmds auth_errors evictions "
     "reclaimed bytes_read bytes_written limit_maxbytes accepting_conns listen_disabled_num "
     "time_in_listen_disabled_us threads conn_yields hash_power_level hash_bytes hash_is_expanding "
     "expired_unfetched evicted_unfetched evicted_active slab_reassign_running slabs_moved "
     "crawler_reclaimed crawler_items_checked lrutail_reflocked moves_to_cold moves_to_warm "
     "moves_within_lru direct_reclaims lru_crawler_starts lru_maintainer_juggles "
     "slab_global_page_pool"},
    {"mtop", mc::Stats::Group::general,
     "cmd_meta get_expired get_flushed store_too_large store_no_memory"},
    {"mtop", mc::Stats::Group::items,
     "items:1:number items:1:number_hot items:1:number_warm items:1:number_cold items:1:age_hot "
     "items:1:age_warm items:1:age items:1:mem_requested items:1:evicted items:1:evicted_nonzero "
     "items:1:evicted_time items:1:outofmemory items:1:tailrepairs items:1:reclaimed "
     "items:1:expired_unfetched items:1:evicted_unfetched items:1:evicted_active "
     "items:1:crawler_reclaimed items:1:crawler_items_checked items:1:lrutail_reflocked "
     "items:1:moves_to_cold items:1:moves_to_warm items:1:moves_within_lru items:1:direct_reclaims "
     "items:1:hits_to_hot items:1:hits_to_warm items:1:hits_to_cold items:1:hits_to_temp"},
    {"memcached_exporter", mc::Stats::Group::general,
     "conn_yields listen_disabled_num store_too_large store_no_memory lru_crawler_starts "
     "direct_reclaims crawler_reclaimed crawler_items_checked moves_to_cold moves_to_warm "
     "moves_within_lru"},
    {"memcached_exporter", mc::Stats::Group::slabs,
     "1:chunk_size 1:chunks_per_page 1:total_pages 1:total_chunks 1:used_chunks 1:free_chunks "
     "1:free_chunks_end 1:get_hits 1:cmd_set 1:delete_hits 1:incr_hits 1:decr_hits 1:cas_hits "
     "1:cas_badval 1:touch_hits"},
    {"memcached_exporter", mc::Stats::Group::settings,
     "maxconns lru_crawler lru_crawler_sleep lru_crawler_tocrawl lru_maintainer_thread "
     "hot_lru_pct warm_lru_pct hot_max_factor warm_max_factor"},
    {"telegraf", mc::Stats::Group::general,
     "auth_cmds auth_errors conn_yields evicted_active get_expired get_flushed hash_bytes "
     "hash_is_expanding hash_power_level listen_disabled_num"},
    {"phpMemcachedAdmin", mc::Stats::Group::slabs,
     "1:chunk_size 1:used_chunks 1:total_chunks 1:total_pages 1:mem_requested active_slabs "
     "total_malloced"},
    {"memcached-tool", mc::Stats::Group::items,
     "items:1:number items:1:age items:1:evicted items:1:evicted_time items:1:outofmemory"},
    {"collectd", mc::Stats::Group::general, "cmd_meta listen_disabled_num"},
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_field_that_tools_read_is_there, Stats)
{
    set("a", "1");
    for (const Tool& tool : tools) {
        const auto rows = rows_of(tool.group);
        std::istringstream fields(tool.fields);
        for (std::string field; fields >> field;) {
            BOOST_TEST(rows.count(field) == 1U, tool.name << " misses " << field);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(one_slab_class_has_the_items, Stats)
{
    BOOST_TEST(rows_of(mc::Stats::Group::slabs)["active_slabs"] == "0");
    for (int i = 0; i < 3; ++i) set("key" + std::to_string(i), std::string(600'000, 'v'));
    auto rows = rows_of(mc::Stats::Group::slabs);
    BOOST_TEST(rows["active_slabs"] == "1");
    BOOST_TEST(rows["1:chunk_size"] == std::to_string(kv::Item::footprint(4, 600'000)));
    BOOST_TEST(rows["1:used_chunks"] == "3");
    BOOST_TEST(rows["1:total_pages"] == "3");
    BOOST_TEST(rows["1:free_chunks"] == "0");
    BOOST_TEST(rows["total_malloced"] == std::to_string(3 << 20));
    BOOST_TEST(rows_of(mc::Stats::Group::sizes)["sizes_status"] == "disabled");
}

BOOST_FIXTURE_TEST_CASE(what_was_not_stored_and_what_had_expired_is_counted, Stats)
{
    run("a", mc::Unstorable{.too_large = true, .drops_old = true});
    run("a", mc::Unstorable{.too_large = false, .drops_old = false});
    set("a", "1", 10);
    clock.advance(std::chrono::seconds(11));
    run("a", mc::Get{});
    run("a", mc::MetaGet{});
    run("a", mc::MetaDebug{});
    auto rows = general();
    BOOST_TEST(rows["store_too_large"] == "1");
    BOOST_TEST(rows["store_no_memory"] == "1");
    BOOST_TEST(rows["get_expired"] == "1");
    BOOST_TEST(rows["get_misses"] == "2");
    BOOST_TEST(rows["cmd_meta"] == "2");
}

BOOST_FIXTURE_TEST_CASE(no_name_comes_twice, Stats)
{
    mc::Request request{mc::Stats{}};
    const mc::Reply reply = execute(request, {store, server, client});
    BOOST_TEST(std::get<mc::Statistics>(reply).rows.size() == general().size());
}

BOOST_FIXTURE_TEST_CASE(the_servers_figures_are_reported, Stats)
{
    auto rows = general();
    BOOST_TEST(rows["uptime"] == "61");
    BOOST_TEST(rows["max_connections"] == "1024");
    BOOST_TEST(rows["curr_connections"] == "3");
    BOOST_TEST(rows["total_connections"] == "17");
    BOOST_TEST(rows["rejected_connections"] == "2");
    BOOST_TEST(rows["bytes_read"] == "1111");
    BOOST_TEST(rows["bytes_written"] == "2222");
    BOOST_TEST(rows["version"] == kv::memcached_version);
    BOOST_TEST(rows["pointer_size"] == "64");
    BOOST_TEST(rows["time"] == "1700000000");
}

BOOST_FIXTURE_TEST_CASE(a_reset_begins_the_counts_anew, Stats)
{
    mc::Request request{mc::ResetStats{}};
    (void)execute(request, {store, busy, client});
    auto rows = general();
    for (const char* name :
         {"total_connections", "rejected_connections", "bytes_read", "bytes_written"}) {
        BOOST_TEST(rows[name] == "0", name);
    }
    BOOST_TEST(rows["curr_connections"] == "3");
}

BOOST_FIXTURE_TEST_CASE(items_and_their_bytes_are_reported, Stats)
{
    set("a", "1");
    set("a", "2");
    set("b", "1");
    run("b", mc::Delete{});
    auto rows = general();
    BOOST_TEST(rows["curr_items"] == "1");
    BOOST_TEST(rows["total_items"] == "3");
    BOOST_TEST(rows["bytes"] == std::to_string(kv::Item::footprint(1, 1)));
}

BOOST_FIXTURE_TEST_CASE(each_command_is_counted_under_its_name, Stats)
{
    set("n", "1");
    run("n", mc::Get{});
    run("x", mc::Get{});
    run("n", mc::Arithmetic{1, false});
    run("x", mc::Arithmetic{1, false});
    run("n", mc::Arithmetic{1, true});
    run("x", mc::Arithmetic{1, true});
    run("n", mc::Touch{{}});
    run("x", mc::Touch{{}});
    run("n", mc::Delete{});
    run("x", mc::Delete{});
    run(mc::Flush{});
    auto rows = general();
    for (const char* name :
         {"get_hits", "get_misses", "incr_hits", "incr_misses", "decr_hits", "decr_misses",
          "touch_hits", "touch_misses", "delete_hits", "delete_misses", "cmd_flush", "cmd_set"}) {
        BOOST_TEST(rows[name] == "1", name << " is " << rows[name]);
    }
    BOOST_TEST(rows["cmd_get"] == "2");
    BOOST_TEST(rows["cmd_touch"] == "2");
}

BOOST_FIXTURE_TEST_CASE(a_reset_sets_the_counters_to_zero_and_keeps_what_is_stored, Stats)
{
    set("a", "1");
    run("a", mc::Get{});
    BOOST_TEST((outcome(mc::ResetStats{}) == mc::Outcome::reset));
    auto rows = general();
    BOOST_TEST(rows["cmd_get"] == "0");
    BOOST_TEST(rows["curr_items"] == "1");
    BOOST_TEST(get("a") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
