#include "server/store/store.h"
#include "server/store/walk.h"

#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(store_test)

namespace {

using kv::Item;
using kv::ItemPtr;
using kv::never;
using kv::Transaction;
using kv::test::StoreTalk;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A store that has room for ten items of this size, and no more.
struct SmallStore : StoreTalk {
    SmallStore() : StoreTalk(10 * Item::footprint(5, 100)) {}

    std::uint64_t put_nth(int n, kv::UnixMillis expires = never)
    {
        return put("key:" + std::to_string(n), std::string(100, 'v'), expires);
    }
    void fill(kv::UnixMillis expires = never)
    {
        for (int n = 0; n < 10; ++n) BOOST_REQUIRE(put_nth(n, expires) != 0);
    }
};

}  // namespace

// --- what is stored is there ---

BOOST_FIXTURE_TEST_CASE(a_new_store_is_empty, StoreTalk)
{
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(size() == 0U);
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(!erase("a"));
}

BOOST_FIXTURE_TEST_CASE(what_is_put_is_found, StoreTalk)
{
    BOOST_TEST(put("a", "1") != 0U);
    BOOST_TEST(put("b", "") != 0U);
    BOOST_TEST(get("a") == "1");
    BOOST_TEST(get("b") == "");
    BOOST_TEST(size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(putting_again_replaces, StoreTalk)
{
    put("a", "1");
    put("a", "longer");
    BOOST_TEST(get("a") == "longer");
    BOOST_TEST(size() == 1U);
    BOOST_TEST(bytes() == Item::footprint(1, 6));
}

BOOST_FIXTURE_TEST_CASE(erasing_takes_out_once, StoreTalk)
{
    put("a", "1");
    BOOST_TEST(erase("a"));
    BOOST_TEST(!erase("a"));
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(bytes() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_longest_key_is_a_key, StoreTalk)
{
    const std::string key(kv::max_key_bytes, 'k');
    BOOST_TEST(put(key, "v") != 0U);
    BOOST_TEST(get(key) == "v");
    BOOST_TEST(bytes() == Item::footprint(key.size(), 1));
}

BOOST_FIXTURE_TEST_CASE(a_transaction_sees_what_it_did, StoreTalk)
{
    const auto key = store.hashed("a");
    auto draft = store.draft(store.hashed("a"), 0);
    Transaction transaction(store);
    BOOST_TEST(!transaction.find(key));
    transaction.put(std::move(*draft), never);
    BOOST_TEST(static_cast<bool>(transaction.find(key)));
    BOOST_TEST(transaction.size() == 1U);
    BOOST_TEST(transaction.erase(key));
    BOOST_TEST(!transaction.find(key));
    BOOST_TEST(transaction.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_transaction_has_one_time, StoreTalk)
{
    const Transaction transaction(store);
    const auto now = transaction.now();
    BOOST_TEST((now == clock.now()));
    clock.advance(seconds(5));
    BOOST_TEST((transaction.now() == now));
}

BOOST_FIXTURE_TEST_CASE(a_read_is_noted_and_a_find_is_not, StoreTalk)
{
    put("a", "1");
    const auto key = store.hashed("a");
    const auto stored_at = std::chrono::duration_cast<seconds>(clock.now()).count();
    clock.advance(seconds(60));
    Transaction transaction(store);
    const kv::Row row = transaction.find(key);
    BOOST_TEST(!row.usage().fetched);
    BOOST_TEST(row.usage().last_access == stored_at);
    (void)transaction.read(key);
    BOOST_TEST(row.usage().fetched);
    BOOST_TEST(row.usage().last_access == stored_at + 60);
}

// --- readers ---

BOOST_FIXTURE_TEST_CASE(a_replaced_item_stays_alive_for_its_reader, StoreTalk)
{
    put("a", "before");
    const auto key = store.hashed("a");
    const ItemPtr reader = Transaction(store).find(key).item();
    put("a", "after");
    BOOST_TEST(reader->value() == "before");
    erase("a");
    BOOST_TEST(reader->value() == "before");
    BOOST_TEST(reader->key() == "a");
}

BOOST_FIXTURE_TEST_CASE(a_flushed_item_stays_alive_for_its_reader, StoreTalk)
{
    put("a", "before");
    const auto key = store.hashed("a");
    const ItemPtr reader = Transaction(store).find(key).item();
    flush(clock.now());
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(reader->value() == "before");
}

namespace {

/// Half of a small store's memory, under one key, and a reader of it.
struct SlowReader : StoreTalk {
    SlowReader() : StoreTalk(limit)
    {
        put("a", std::string(limit / 2, 'v'));
        reader = Transaction(store).find(store.hashed("a")).item();
    }

    static constexpr std::size_t limit = 100'000;
    ItemPtr reader;
};

}  // namespace

// What a reader still has is in memory, whatever has become of its key.
BOOST_FIXTURE_TEST_CASE(a_dropped_item_stays_charged_while_a_reader_has_it, SlowReader)
{
    const std::size_t read = reader->footprint();
    const std::string value(limit / 2, 'w');
    erase("a");
    BOOST_TEST(store.budget().used() == read);
    BOOST_TEST(put("b", value) == 0U);
    reader.reset();
    BOOST_TEST(put("b", value) != 0U);  // which makes room
    BOOST_TEST(store.budget().used() == bytes());
}

BOOST_FIXTURE_TEST_CASE(a_replaced_item_stays_charged_while_a_reader_has_it, SlowReader)
{
    const std::size_t read = reader->footprint();
    put("a", "short");
    BOOST_TEST(store.budget().used() == bytes() + read);
    reader.reset();
    BOOST_TEST(store.unstored().unread.release());
    BOOST_TEST(store.budget().used() == bytes());
    BOOST_TEST(!store.unstored().unread.release());
}

BOOST_FIXTURE_TEST_CASE(a_flushed_item_stays_charged_while_a_reader_has_it, SlowReader)
{
    put("b", "without a reader");
    const std::size_t read = reader->footprint();
    flush(clock.now());
    BOOST_TEST(store.budget().used() == read);
    reader.reset();
    BOOST_TEST(store.unstored().unread.release());
    BOOST_TEST(store.budget().used() == 0U);
}

// --- cas numbers ---

BOOST_FIXTURE_TEST_CASE(every_change_of_value_has_a_new_cas_number, StoreTalk)
{
    const auto first = put("a", "1");
    const auto second = put("a", "1");
    const auto other = put("b", "1");
    BOOST_TEST(first != 0U);
    BOOST_TEST(second > first);
    BOOST_TEST(other > second);
    BOOST_TEST(cas_of("a") == second);
    BOOST_TEST(cas_of("b") == other);
}

BOOST_FIXTURE_TEST_CASE(a_number_is_not_given_again_after_a_delete_or_a_flush, StoreTalk)
{
    const auto first = put("a", "1");
    erase("a");
    const auto second = put("a", "1");
    flush(clock.now());
    const auto third = put("a", "1");
    BOOST_TEST(second > first);
    BOOST_TEST(third > second);
}

BOOST_FIXTURE_TEST_CASE(a_touch_keeps_the_cas_number, StoreTalk)
{
    const auto cas = put("a", "1");
    BOOST_TEST(touch("a", in(hours(1))));
    BOOST_TEST(cas_of("a") == cas);
}

BOOST_FIXTURE_TEST_CASE(a_put_may_name_its_cas_number, StoreTalk)
{
    auto draft = store.draft(store.hashed("a"), 0);
    BOOST_TEST(kv::Transaction(store).put(std::move(*draft), never, {.cas = 4711}) == 4711U);
    BOOST_TEST(cas_of("a") == 4711U);
}

BOOST_FIXTURE_TEST_CASE(an_item_can_be_renumbered_and_keeps_its_value, StoreTalk)
{
    const auto first = put("a", "1");
    const auto key = store.hashed("a");
    {
        Transaction transaction(store);
        BOOST_TEST(transaction.renumber(transaction.find(key)) > first);
    }
    BOOST_TEST(cas_of("a") > first);
    {
        Transaction transaction(store);
        BOOST_TEST(transaction.renumber(transaction.find(key), 7) == 7U);
    }
    BOOST_TEST(cas_of("a") == 7U);
    BOOST_TEST(get("a") == "1");
}

// --- expiry ---

BOOST_FIXTURE_TEST_CASE(an_item_is_there_until_its_time_comes, StoreTalk)
{
    put("a", "1", in(seconds(10)));
    clock.advance(milliseconds(9'999));
    BOOST_TEST(get("a") == "1");
    clock.advance(milliseconds(1));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(an_item_that_never_expires_does_not, StoreTalk)
{
    put("a", "1");
    clock.advance(hours(24 * 36'500));
    BOOST_TEST(get("a") == "1");
}

BOOST_FIXTURE_TEST_CASE(an_item_whose_time_is_over_already_is_stored_and_not_found, StoreTalk)
{
    put("a", "old");
    BOOST_TEST(put("a", "new", kv::UnixMillis{0}) != 0U);
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(an_expired_item_cannot_be_erased_or_touched, StoreTalk)
{
    put("a", "1", in(seconds(1)));
    put("b", "1", in(seconds(1)));
    clock.advance(seconds(1));
    BOOST_TEST(!erase("a"));
    BOOST_TEST(!touch("b", never));
    BOOST_TEST(get("b") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(finding_an_expired_item_drops_it, StoreTalk)
{
    put("a", "1", in(seconds(1)));
    clock.advance(seconds(1));
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(size() == 0U);
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_touch_moves_the_end_either_way, StoreTalk)
{
    put("sooner", "1", in(hours(1)));
    put("later", "1", in(seconds(1)));
    put("never", "1", in(seconds(1)));
    touch("sooner", in(seconds(1)));
    touch("later", in(hours(1)));
    touch("never", never);
    clock.advance(seconds(1));
    BOOST_TEST(get("sooner") == "<none>");
    BOOST_TEST(get("later") == "1");
    clock.advance(hours(1000));
    BOOST_TEST(get("later") == "<none>");
    BOOST_TEST(get("never") == "1");
}

// --- flushing ---

BOOST_FIXTURE_TEST_CASE(a_flush_drops_everything_at_once, StoreTalk)
{
    put("a", "1");
    put("b", "1", in(hours(1)));
    flush(clock.now());
    BOOST_TEST(size() == 0U);
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
    put("a", "2");
    BOOST_TEST(get("a") == "2");
}

BOOST_FIXTURE_TEST_CASE(a_delayed_flush_drops_what_is_stored_by_then, StoreTalk)
{
    put("before", "1");
    flush(in(seconds(10)));
    put("between", "1");
    clock.advance(milliseconds(9'999));
    BOOST_TEST(get("before") == "1");
    BOOST_TEST(get("between") == "1");
    clock.advance(milliseconds(1));
    BOOST_TEST(get("before") == "<none>");
    BOOST_TEST(get("between") == "<none>");
    put("after", "1");
    clock.advance(hours(1));
    BOOST_TEST(get("after") == "1");
}

BOOST_FIXTURE_TEST_CASE(a_delayed_flush_happens_though_nobody_looks, StoreTalk)
{
    put("a", "1");
    flush(in(seconds(10)));
    BOOST_TEST((store.next_expiry() <= in(seconds(10))));
    clock.advance(seconds(10));
    sweep_all();
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_last_flush_asked_for_counts, StoreTalk)
{
    put("a", "1");
    flush(in(seconds(10)));
    flush(in(seconds(20)));
    clock.advance(seconds(10));
    BOOST_TEST(get("a") == "1");
    clock.advance(seconds(10));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(a_flush_at_once_takes_the_place_of_a_delayed_one, StoreTalk)
{
    flush(in(seconds(10)));
    flush(clock.now());
    put("a", "1");
    clock.advance(seconds(10));
    BOOST_TEST(get("a") == "1");
}

// --- drafts and the memory limit ---

BOOST_FIXTURE_TEST_CASE(a_draft_counts_before_it_is_stored_and_not_twice_after, StoreTalk)
{
    const std::size_t footprint = Item::footprint(1, 100);
    auto draft = store.draft(store.hashed("a"), 100);
    BOOST_TEST(store.budget().used() == footprint);
    BOOST_TEST(bytes() == 0U);
    Transaction(store).put(std::move(*draft), never);
    BOOST_TEST(store.budget().used() == footprint);
    BOOST_TEST(bytes() == footprint);
}

BOOST_FIXTURE_TEST_CASE(a_draft_given_up_gives_its_bytes_back, StoreTalk)
{
    {
        const auto draft = store.draft(store.hashed("a"), 100);
        BOOST_TEST(draft->room().size() == 100U);
    }
    BOOST_TEST(store.budget().used() == 0U);
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(a_full_store_refuses_and_keeps_what_it_has, SmallStore)
{
    fill();
    BOOST_TEST(put_nth(11) == 0U);
    BOOST_TEST(put("key:0", "replacing needs room as well") == 0U);
    BOOST_TEST(size() == 10U);
    for (int n = 0; n < 10; ++n) BOOST_TEST(get("key:" + std::to_string(n)) != "<none>");
    BOOST_TEST(store.budget().used() == store.budget().limit());
}

BOOST_FIXTURE_TEST_CASE(a_full_store_has_room_again_after_a_delete, SmallStore)
{
    fill();
    BOOST_TEST(erase("key:3"));
    BOOST_TEST(put_nth(11) != 0U);
    BOOST_TEST(put_nth(12) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_full_store_has_room_again_after_a_flush, SmallStore)
{
    fill();
    flush(clock.now());
    fill();
    BOOST_TEST(size() == 10U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_refused_while_expired_items_take_its_room, SmallStore)
{
    fill(in(seconds(10)));
    clock.advance(seconds(9));
    BOOST_TEST(put_nth(11) == 0U);
    clock.advance(seconds(1));
    BOOST_TEST(put_nth(11) != 0U);
    BOOST_TEST(get("key:11") != "<none>");
}

BOOST_FIXTURE_TEST_CASE(a_delayed_flush_that_is_due_makes_room_too, SmallStore)
{
    fill();
    flush(in(seconds(10)));
    clock.advance(seconds(10));
    BOOST_TEST(put_nth(11) != 0U);
}

BOOST_FIXTURE_TEST_CASE(a_value_larger_than_the_limit_is_refused_in_an_empty_store, SmallStore)
{
    BOOST_TEST(put("a", std::string(store.budget().limit(), 'v')) == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(make_room_drops_expired_items_only_as_needed, SmallStore)
{
    fill(in(seconds(10)));
    clock.advance(seconds(10));
    store.make_room(Item::footprint(5, 100));
    BOOST_TEST(store.budget().has_room(Item::footprint(5, 100)));
}

BOOST_FIXTURE_TEST_CASE(make_room_gives_up_when_nothing_has_expired, SmallStore)
{
    fill(in(seconds(10)));
    store.make_room(1);
    BOOST_TEST(size() == 10U);
    BOOST_TEST(!store.budget().has_room(1));
}

BOOST_FIXTURE_TEST_CASE(a_draft_inside_a_transaction_is_stored_like_any_other, StoreTalk)
{
    const auto key = store.hashed("a");
    {
        Transaction transaction(store);
        auto draft = transaction.draft(key, 1);
        draft->room()[0] = '1';
        transaction.put(std::move(*draft), never);
    }
    BOOST_TEST(get("a") == "1");
}

BOOST_FIXTURE_TEST_CASE(a_limit_lowered_keeps_what_is_stored_and_adds_nothing, SmallStore)
{
    fill();
    store.set_memory_limit(3 * Item::footprint(5, 100));
    BOOST_TEST(size() == 10U);
    BOOST_TEST(put_nth(11) == 0U);
    for (int n = 0; n < 8; ++n) erase("key:" + std::to_string(n));
    BOOST_TEST(put_nth(11) != 0U);
    BOOST_TEST(put_nth(12) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_limit_raised_makes_room, SmallStore)
{
    fill();
    store.set_memory_limit(0);
    BOOST_TEST(put_nth(11) != 0U);
}

// --- walking ---

BOOST_FIXTURE_TEST_CASE(a_walk_visits_every_item_but_the_expired_in_steps, StoreTalk)
{
    for (int n = 0; n < 1000; ++n) {
        put("key:" + std::to_string(n), "v", n % 2 == 0 ? in(seconds(10)) : never);
    }
    clock.advance(seconds(10));
    std::map<std::string, int> visits;
    int steps = 0;
    kv::Table::Cursor cursor;
    for (bool more = true; more; ++steps) {
        more = Transaction(store).walk(
            cursor, [&](const kv::Row& row) { ++visits[std::string(row->key())]; });
    }
    BOOST_TEST(steps > 1);
    BOOST_TEST(visits.size() == 500U);
    for (const auto& [key, times] : visits) BOOST_REQUIRE(times == 1);
}

// --- counters ---

BOOST_FIXTURE_TEST_CASE(items_stored_and_flushes_are_counted, StoreTalk)
{
    put("a", "1");
    put("a", "2");
    put("b", "1");
    erase("b");
    flush(clock.now());
    flush(in(seconds(1)));
    BOOST_TEST(counters().total_items == 3U);
    BOOST_TEST(counters().flush == 2U);
}

BOOST_FIXTURE_TEST_CASE(items_given_up_because_their_time_was_over_are_counted, StoreTalk)
{
    put("read", "1", in(seconds(1)));
    put("unread", "1", in(seconds(1)));
    put("kept", "1");
    (void)get("read");
    clock.advance(seconds(1));
    (void)get("read");
    sweep_all();
    BOOST_TEST(counters().reclaimed == 2U);
    BOOST_TEST(counters().expired_unfetched == 1U);
}

// --- threads ---

BOOST_FIXTURE_TEST_CASE(no_update_of_many_threads_is_lost, StoreTalk)
{
    constexpr int threads = 4;
    constexpr int rounds = 5000;
    put("sum", std::string(sizeof(int), '\0'));
    {
        std::vector<std::jthread> writers;
        writers.reserve(threads);
        for (int i = 0; i < threads; ++i) {
            writers.emplace_back([this] {
                const auto key = store.hashed("sum");
                for (int round = 0; round < rounds; ++round) {
                    Transaction transaction(store);
                    int sum = 0;
                    transaction.find(key)->value().copy(reinterpret_cast<char*>(&sum), sizeof sum);
                    ++sum;
                    auto draft = transaction.draft(key, sizeof sum);
                    std::memcpy(draft->room().data(), &sum, sizeof sum);
                    transaction.put(std::move(*draft), never);
                }
            });
        }
    }
    int sum = 0;
    get("sum").copy(reinterpret_cast<char*>(&sum), sizeof sum);
    BOOST_TEST(sum == threads * rounds);
}

BOOST_AUTO_TEST_SUITE_END()
