#include "server/store/eviction.h"

#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(eviction_test)

namespace {

using kv::Item;
using kv::test::StoreTalk;
using std::chrono::seconds;

constexpr std::size_t value_bytes = 100;

/// A store that gives up items when it is full: room for a thousand.
struct Cache : StoreTalk {
    explicit Cache(std::size_t items = 1000)
        : StoreTalk(items * Item::footprint(8, value_bytes), kv::WhenFull::evict)
    {
    }
    static std::string nth_key(int n) { return "k" + std::to_string(1'000'000 + n); }
    bool put_nth(int n, kv::UnixMillis expires = kv::never)
    {
        return put(nth_key(n), std::string(value_bytes, 'v'), expires) != 0;
    }
    bool has(int n) { return get(nth_key(n)) != "<none>"; }
    int how_many_of(int from, int to)
    {
        int count = 0;
        for (int n = from; n < to; ++n) {
            const std::string name = nth_key(n);
            const auto key = store.hashed(name);
            count += kv::Transaction(store).find(key) ? 1 : 0;
        }
        return count;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(there_is_nothing_to_give_up_in_an_empty_table)
{
    kv::Table table;
    kv::Eviction eviction;
    BOOST_TEST(!eviction.choose(table));
}

BOOST_AUTO_TEST_CASE(the_only_item_is_found_in_a_table_that_is_nearly_empty)
{
    kv::Table table;
    kv::Eviction eviction;
    table.put(Item::make("k", 12345, 0), {});
    const kv::Row row = eviction.choose(table);
    BOOST_REQUIRE(row);
    BOOST_TEST(row->key() == "k");
}

BOOST_AUTO_TEST_CASE(the_item_to_keep_is_not_chosen)
{
    kv::Table table;
    kv::Eviction eviction;
    table.put(Item::make("kept", 12345, 0), {});
    BOOST_TEST(!eviction.choose(table, {"kept", 12345}));
    table.put(Item::make("other", 54321, 0), {});
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(eviction.choose(table, {"kept", 12345})->key() == "other");
}

BOOST_FIXTURE_TEST_CASE(a_full_cache_stores_whatever_comes, Cache)
{
    for (int n = 0; n < 5000; ++n) BOOST_REQUIRE(put_nth(n));
    BOOST_TEST(has(4999));
    BOOST_TEST(counters().evictions >= 4000U);
    BOOST_TEST(counters().evicted_unfetched == counters().evictions);
}

BOOST_FIXTURE_TEST_CASE(the_limit_is_never_passed, Cache)
{
    std::mt19937 random(7);  // any mixture of sizes does
    for (int n = 0; n < 5000; ++n) {
        (void)put(nth_key(n), std::string(random() % 2000, 'v'));
        BOOST_REQUIRE(store.budget().used() <= store.budget().limit());
        BOOST_REQUIRE(store.budget().used() == bytes());
    }
}

// The room that one has made another may take: then there is more to be made.
BOOST_FIXTURE_TEST_CASE(writers_at_the_same_time_are_refused_nothing, Cache)
{
    std::atomic<int> refused{0};
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&, writer] {
            for (int n = 0; n < 5000; ++n) refused += put_nth(5000 * writer + n) ? 0 : 1;
        });
    }
    for (std::thread& writer : writers) writer.join();
    BOOST_TEST(refused == 0);
    BOOST_TEST(store.budget().used() == bytes());
}

BOOST_FIXTURE_TEST_CASE(no_more_is_given_up_than_is_needed, Cache)
{
    for (int n = 0; n < 2000; ++n) (void)put_nth(n);
    BOOST_TEST(size() > 990U);
}

BOOST_FIXTURE_TEST_CASE(what_can_never_fit_is_refused_and_nothing_is_given_up_for_it, Cache)
{
    for (int n = 0; n < 500; ++n) (void)put_nth(n);
    BOOST_TEST(put("huge", std::string(store.budget().limit(), 'v')) == 0U);
    BOOST_TEST(size() == 500U);
}

BOOST_FIXTURE_TEST_CASE(expired_items_go_before_others, Cache)
{
    for (int n = 0; n < 500; ++n) (void)put_nth(n);
    for (int n = 500; n < 1000; ++n) (void)put_nth(n, in(seconds(10)));
    clock.advance(seconds(10));
    for (int n = 1000; n < 1500; ++n) BOOST_REQUIRE(put_nth(n));
    BOOST_TEST(how_many_of(0, 500) == 500);
    BOOST_TEST(counters().evictions == 0U);
}

// Items that are read again and again stay while a flood of others passes through.
BOOST_FIXTURE_TEST_CASE(what_is_read_often_stays, Cache)
{
    for (int n = 0; n < 200; ++n) (void)put_nth(n);
    for (int n = 1000; n < 6000; ++n) {
        BOOST_REQUIRE(put_nth(n));
        (void)has(n % 200);
    }
    BOOST_TEST(how_many_of(0, 200) > 190);
}

BOOST_FIXTURE_TEST_CASE(what_was_read_long_ago_goes_in_the_end, Cache)
{
    for (int n = 0; n < 200; ++n) {
        (void)put_nth(n);
        for (int read = 0; read < 4; ++read) (void)has(n);
    }
    for (int n = 1000; n < 101'000; ++n) BOOST_REQUIRE(put_nth(n));
    BOOST_TEST(how_many_of(0, 200) < 100);
}

BOOST_AUTO_TEST_CASE(a_store_that_refuses_gives_up_nothing)
{
    StoreTalk talk(10 * Item::footprint(1, 1));
    for (char key = 'a'; key < 'k'; ++key) BOOST_TEST(talk.put(std::string(1, key), "v") != 0U);
    BOOST_TEST(talk.put("z", "v") == 0U);
    BOOST_TEST(talk.counters().evictions == 0U);
    BOOST_TEST(talk.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
