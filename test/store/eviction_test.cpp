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
using kv::Store;
using kv::Transaction;
using kv::test::StoreTalk;
using std::chrono::seconds;

constexpr std::size_t value_bytes = 100;
constexpr kv::UnixMillis now{1000};

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

BOOST_AUTO_TEST_CASE(what_is_to_stay_does_not_keep_the_items_of_other_spaces)
{
    for (int i = 0; i < 20; ++i) {  // the space is chosen by chance
        Cache cache(2);
        BOOST_TEST(cache.put_nth(0));
        const kv::SpacePtr other = cache.store.space("1");
        const std::string own = Cache::nth_key(0);
        const kv::HashedKey key = cache.store.hashed(own);
        auto draft = cache.store.draft(key, value_bytes);
        BOOST_REQUIRE(draft);
        Transaction(cache.store, other.get()).put(std::move(*draft), kv::never);
        Transaction transaction(cache.store);
        BOOST_TEST(transaction.draft(key, value_bytes).has_value());
        BOOST_TEST(transaction.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_give_up_in_an_empty_table)
{
    kv::Table table;
    kv::Eviction eviction;
    BOOST_TEST(!eviction.choose(table, now));
}

BOOST_AUTO_TEST_CASE(the_only_item_is_found_in_a_table_that_is_nearly_empty)
{
    kv::Table table;
    kv::Eviction eviction;
    table.put(Item::make("k", 12345, 0), {});
    const kv::Row row = eviction.choose(table, now);
    BOOST_REQUIRE(row);
    BOOST_TEST(row->key() == "k");
}

BOOST_AUTO_TEST_CASE(the_item_to_keep_is_not_chosen)
{
    kv::Table table;
    kv::Eviction eviction;
    table.put(Item::make("kept", 12345, 0), {});
    BOOST_TEST(!eviction.choose(table, now, {"kept", 12345}));
    table.put(Item::make("other", 54321, 0), {});
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(eviction.choose(table, now, {"kept", 12345})->key() == "other");
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

// Two in three at least are expired: that a sample of 16 misses them happens once in 40 million.
BOOST_FIXTURE_TEST_CASE(expired_items_go_before_others_however_often_they_were_read, Cache)
{
    for (int n = 0; n < 50; ++n) (void)put_nth(n);
    for (int n = 50; n < 1000; ++n) {
        (void)put_nth(n, in(seconds(10)));
        (void)has(n);
    }
    clock.advance(seconds(10));
    for (int n = 1000; n < 1300; ++n) BOOST_REQUIRE(put_nth(n));
    BOOST_TEST(how_many_of(0, 50) == 50);
    BOOST_TEST(counters().evictions == 0U);
    BOOST_TEST(counters().reclaimed >= 300U);
}

// Two keys of one bucket or none: rows so far apart that none is met by chance.
BOOST_AUTO_TEST_CASE(rows_that_are_far_apart_go_one_after_the_other)
{
    kv::Table table;
    kv::Eviction eviction;
    std::vector<std::string> keys;
    for (std::uint32_t n = 0; n < 200'000; ++n) {
        keys.push_back("k" + std::to_string(n));
        table.put(Item::make(keys.back(), n * 2'654'435'761U, 0), {});
    }
    for (std::uint32_t n = 2; n < keys.size(); ++n) table.erase({keys[n], n * 2'654'435'761U});
    BOOST_TEST(eviction.choose(table, now, {keys[0], 0})->key() == keys[1]);
    BOOST_TEST(eviction.choose(table, now, {keys[1], 2'654'435'761U})->key() == keys[0]);
}

// What a write has evicted is its own, though others take whatever is free.
BOOST_AUTO_TEST_CASE(nobody_evicts_for_others)
{
    struct Greedy final : kv::LockWatch {
        void waited(std::chrono::nanoseconds) override
        {
            if (store == nullptr) return;
            const std::size_t free = store->budget().limit() - store->budget().used();
            if (free > 0) taken.push_back(store->reserve(free).value());
        }
        Store* store = nullptr;
        std::vector<kv::Charge> taken;
    } greedy;
    constexpr std::size_t items = 1000;
    const std::size_t footprint = Item::footprint(8, value_bytes);
    kv::test::ManualClock clock;
    Store store(clock, items * footprint, kv::WhenFull::evict, &greedy);
    for (std::size_t n = 0; n < items; ++n) {
        auto draft = store.draft(store.hashed("k" + std::to_string(1'000'000 + n)), value_bytes);
        Transaction(store).put(std::move(draft.value()), kv::never);
    }
    greedy.store = &store;
    BOOST_TEST(store.reserve(100 * footprint).has_value());
    BOOST_TEST(Transaction(store).counters().evictions == 100U);
    greedy.taken.clear();
}

// A limit that was lowered

BOOST_FIXTURE_TEST_CASE(a_write_beyond_a_lowered_limit_evicts_what_it_needs_and_no_more, Cache)
{
    for (int n = 0; n < 1000; ++n) (void)put_nth(n);
    store.set_memory_limit(store.budget().limit() / 10);
    const std::size_t used = store.budget().used();
    for (int n = 1000; n < 1100; ++n) BOOST_REQUIRE(put_nth(n));
    BOOST_TEST(counters().evictions == 100U);
    BOOST_TEST(store.budget().used() == used);
}

BOOST_FIXTURE_TEST_CASE(sweeping_brings_what_is_stored_down_to_a_lowered_limit_in_steps, Cache)
{
    constexpr int read_often = 20;  // by chance one in five of them would stay
    for (int n = 0; n < 1000; ++n) (void)put_nth(n);
    for (int n = 0; n < read_often; ++n) {
        for (int read = 0; read < 4; ++read) (void)has(n);
    }
    BOOST_TEST(!store.sweep());
    const std::size_t limit = store.budget().limit() / 5;
    store.set_memory_limit(limit);
    for (bool more = true; more;) {
        const std::size_t before = size();
        more = store.sweep();
        BOOST_TEST(before - size() <= 16U);  // rows of a step, and those of its last bucket
    }
    BOOST_TEST(store.budget().used() <= limit);
    BOOST_TEST(store.budget().used() > limit - 2 * Item::footprint(8, value_bytes));
    BOOST_TEST(how_many_of(0, read_often) > read_often / 2);
    BOOST_TEST(!store.sweep());
}

BOOST_FIXTURE_TEST_CASE(nothing_is_evicted_for_what_waits, Cache)
{
    for (int n = 0; n < 1000; ++n) (void)put_nth(n);
    BOOST_TEST(store.waiting().take(store.budget().limit() / 4));
    BOOST_TEST(!store.sweep());
    BOOST_REQUIRE(put_nth(1000));
    BOOST_TEST(size() == 1000U);
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
    talk.store.set_memory_limit(1);
    BOOST_TEST(!talk.store.sweep());
    BOOST_TEST(talk.counters().evictions == 0U);
    BOOST_TEST(talk.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
