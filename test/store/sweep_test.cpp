#include "server/store/store.h"

#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <thread>

BOOST_AUTO_TEST_SUITE(sweep_test)

namespace {

using kv::never;
using kv::test::StoreTalk;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Sweep : StoreTalk {
    /// Stores `count` items, every third of them expiring `after` from now.
    void put_many(int count, seconds after)
    {
        for (int i = 0; i < count; ++i) {
            put("key:" + std::to_string(i), "v", i % 3 == 0 ? in(after) : never);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_store_has_nothing_to_sweep, Sweep)
{
    BOOST_TEST(!store.sweep());
    BOOST_TEST((store.next_expiry() == never));
}

BOOST_FIXTURE_TEST_CASE(a_store_where_nothing_expires_is_not_walked, Sweep)
{
    put("a", "1");
    BOOST_TEST(!store.sweep());
    BOOST_TEST((store.next_expiry() == never));
}

BOOST_FIXTURE_TEST_CASE(no_item_expires_before_the_time_that_is_told, Sweep)
{
    put("late", "1", in(seconds(20)));
    BOOST_TEST((store.next_expiry() <= in(seconds(20))));
    put("early", "1", in(seconds(10)));
    BOOST_TEST((store.next_expiry() <= in(seconds(10))));
    touch("late", in(seconds(5)));
    BOOST_TEST((store.next_expiry() <= in(seconds(5))));
    flush(in(seconds(2)));
    BOOST_TEST((store.next_expiry() <= in(seconds(2))));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_swept_before_its_time, Sweep)
{
    put_many(300, seconds(10));
    clock.advance(milliseconds(9'999));
    sweep_all();
    BOOST_TEST(size() == 300U);
}

BOOST_FIXTURE_TEST_CASE(what_has_expired_is_dropped_and_only_that, Sweep)
{
    put_many(3000, seconds(10));
    clock.advance(seconds(10));
    sweep_all();
    BOOST_TEST(size() == 2000U);
    BOOST_TEST(counters().reclaimed == 1000U);
    for (int i = 0; i < 3000; ++i) {
        BOOST_REQUIRE(get("key:" + std::to_string(i)) == (i % 3 == 0 ? "<none>" : "v"));
    }
}

BOOST_FIXTURE_TEST_CASE(a_sweep_is_done_in_steps, Sweep)
{
    put_many(3000, seconds(10));
    clock.advance(seconds(10));
    BOOST_TEST(store.sweep());
    BOOST_TEST(size() > 2000U);
    int steps = 1;
    while (store.sweep()) ++steps;
    BOOST_TEST(steps > 3);
}

// Writes sweep a few steps and leave the rest to the sweeper, wherever the one expired item is.
BOOST_AUTO_TEST_CASE(no_write_walks_over_the_table)
{
    constexpr int items = 20'000;
    for (const auto when_full : {kv::WhenFull::refuse, kv::WhenFull::evict}) {
        StoreTalk talk(items * kv::Item::footprint(9, 1), when_full);
        const auto put = [&](int n, kv::UnixMillis expires) {
            return talk.put("key:" + std::to_string(10'000 + n), "v", expires) != 0;
        };
        for (int n = 0; n < items; ++n) {
            BOOST_REQUIRE(put(n, n == items / 2 ? talk.in(seconds(1)) : never));
        }
        talk.clock.advance(seconds(1));
        constexpr int writes = 10;
        for (int n = 0; n < writes; ++n) {
            BOOST_TEST((put(items + n, never) || when_full == kv::WhenFull::refuse));
        }
        int steps = 0;
        while (talk.store.sweep()) ++steps;
        BOOST_TEST(steps > items / 16 - 16 * writes);  // a step looks at 8 rows, and a few more
        BOOST_TEST(talk.counters().reclaimed == 1U);
    }
}

BOOST_FIXTURE_TEST_CASE(a_table_of_few_rows_in_many_buckets_is_swept_in_few_steps, Sweep)
{
    put_many(20'000, seconds(10));
    for (int n = 0; n < 20'000; ++n) {
        if (n % 1000 != 0) erase("key:" + std::to_string(n));
    }
    clock.advance(seconds(10));
    int steps = 1;
    while (store.sweep()) ++steps;
    BOOST_TEST(steps < 800);                 // of some 25,000 buckets
    BOOST_TEST(counters().reclaimed == 7U);  // of 0, 1000 .. 19000 those that 3 divides
}

BOOST_FIXTURE_TEST_CASE(there_is_nothing_to_come_back_for_after_the_last_expiry, Sweep)
{
    put_many(300, seconds(10));
    clock.advance(seconds(10));
    sweep_all();
    BOOST_TEST((store.next_expiry() == never));
}

BOOST_FIXTURE_TEST_CASE(a_sweep_finds_out_when_to_come_back, Sweep)
{
    put_many(300, seconds(10));
    put("later", "1", in(seconds(100)));
    const auto later = in(seconds(100));
    clock.advance(seconds(10));
    sweep_all();
    BOOST_TEST((store.next_expiry() <= later));
    BOOST_TEST((store.next_expiry() > clock.now()));
    clock.advance(seconds(90));
    sweep_all();
    BOOST_TEST(size() == 200U);
}

BOOST_FIXTURE_TEST_CASE(an_item_stored_behind_the_sweeper_is_not_forgotten, Sweep)
{
    put_many(3000, seconds(10));
    clock.advance(seconds(10));
    bool more = true;
    for (int i = 0; more; ++i) {
        more = store.sweep();
        put("behind:" + std::to_string(i), "v", in(seconds(5)));
    }
    BOOST_TEST((store.next_expiry() <= in(seconds(5))));
    clock.advance(seconds(5));
    sweep_all();
    BOOST_TEST(size() == 2000U);
}

BOOST_FIXTURE_TEST_CASE(a_store_that_grows_while_it_is_swept_forgets_nothing, Sweep)
{
    put_many(600, seconds(10));
    clock.advance(seconds(10));
    for (int i = 0; store.sweep(); ++i) {
        for (int j = 0; j < 2000; ++j) {
            put("grow:" + std::to_string(i) + ":" + std::to_string(j), "v", in(seconds(1)));
        }
        if (i == 10) break;
    }
    clock.advance(seconds(1));
    sweep_all();
    BOOST_TEST(size() == 400U);
}

BOOST_FIXTURE_TEST_CASE(a_flush_in_the_middle_of_a_sweep_leaves_nothing_to_sweep, Sweep)
{
    put_many(3000, seconds(10));
    clock.advance(seconds(10));
    BOOST_TEST(store.sweep());
    flush(clock.now());
    BOOST_TEST(!store.sweep());
    BOOST_TEST((store.next_expiry() == never));
    put("a", "1", in(seconds(1)));
    clock.advance(seconds(1));
    sweep_all();
    BOOST_TEST(size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(sweeping_goes_on_beside_readers_and_writers, Sweep)
{
    std::jthread sweeper([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            clock.advance(milliseconds(1));
            (void)store.sweep();
        }
    });
    for (int round = 0; round < 20'000; ++round) {
        const std::string key = "key:" + std::to_string(round % 500);
        put(key, "v", in(milliseconds(round % 7)));
        const std::string value = get(key);
        BOOST_REQUIRE((value == "v" || value == "<none>"));
    }
    sweeper.request_stop();
    sweeper.join();
    clock.advance(seconds(1));
    sweep_all();
    BOOST_TEST(size() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
