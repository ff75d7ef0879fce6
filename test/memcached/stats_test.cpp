#include "server/memcached/stats.h"

#include "common/version.h"
#include "test/support/execution.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

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

    std::map<std::string, std::string> general()
    {
        mc::Request request{mc::Stats{}};
        const mc::Reply reply = execute(request, {store, busy, client});
        std::map<std::string, std::string> rows;
        for (const auto& [name, value] : std::get<mc::Statistics>(reply).rows) rows[name] = value;
        return rows;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_names_are_those_of_the_protocol, Stats)
{
    const auto rows = general();
    for (const char* name : {"pid",
                             "uptime",
                             "time",
                             "version",
                             "pointer_size",
                             "rusage_user",
                             "rusage_system",
                             "curr_items",
                             "total_items",
                             "bytes",
                             "max_connections",
                             "curr_connections",
                             "total_connections",
                             "rejected_connections",
                             "cmd_get",
                             "cmd_set",
                             "cmd_flush",
                             "cmd_touch",
                             "get_hits",
                             "get_misses",
                             "delete_misses",
                             "delete_hits",
                             "incr_misses",
                             "incr_hits",
                             "decr_misses",
                             "decr_hits",
                             "cas_misses",
                             "cas_hits",
                             "cas_badval",
                             "touch_hits",
                             "touch_misses",
                             "evictions",
                             "reclaimed",
                             "expired_unfetched",
                             "bytes_read",
                             "bytes_written",
                             "limit_maxbytes",
                             "threads"}) {
        BOOST_TEST(rows.count(name) == 1U, name << " is missing");
    }
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
