// What a transaction tells those who listen, and how it makes room under the lock.
#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(changes_test)

namespace {

using kv::Change;
using kv::Item;
using kv::never;
using kv::Transaction;
using kv::WhenFull;
using kv::test::StoreTalk;
using std::chrono::seconds;

/// Writes down what it is told: "stored a".
struct Listener final : kv::ChangeListener {
    void changed(std::span<const Change> changes) noexcept override
    {
        static constexpr std::array names{"stored", "dropped", "evicted", "expires", "renumbered",
                                          "marked", "edited",  "flushed", "swapped"};
        for (const Change& change : changes) {
            std::string line = names.at(static_cast<std::size_t>(change.kind));
            if (change.item) line += " " + std::string(change.item->key());
            lines.push_back(line);
            grows = grows && change.version > last_version;
            last_version = change.version;
        }
        ++transactions;
    }

    std::vector<std::string> lines;
    std::uint64_t last_version = 0;
    bool grows = true;  ///< the version, with each change
    int transactions = 0;
};

struct Listening : StoreTalk {
    explicit Listening(std::size_t limit = 0, WhenFull when_full = WhenFull::refuse)
        : StoreTalk(limit, when_full)
    {
        Transaction(store).add_listener(listener);
    }
    ~Listening() { Transaction(store).remove_listener(listener); }

    std::string heard()
    {
        std::string all;
        for (const std::string& line : std::exchange(listener.lines, {})) all += line + "; ";
        return all;
    }

    Listener listener;
};

/// Room for four small items, and the oldest go.
struct FullCache : Listening {
    FullCache() : Listening(4 * Item::footprint(2, 100), WhenFull::evict)
    {
        for (int i = 0; i < 4; ++i) put("k" + std::to_string(i), std::string(100, 'v'));
        (void)heard();
    }
};

struct FullStore : Listening {
    FullStore() : Listening(4 * Item::footprint(2, 100))
    {
        for (int i = 0; i < 4; ++i) put("k" + std::to_string(i), std::string(100, 'v'));
        (void)heard();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_verb_is_told_once_and_in_order, Listening)
{
    put("a", "1");
    put("a", "2", in(seconds(10)));
    BOOST_TEST(heard() == "stored a; stored a; ");
    touch("a", in(seconds(20)));
    BOOST_TEST(heard() == "expires a; ");
    erase("a");
    erase("a");
    BOOST_TEST(heard() == "dropped a; ");
    flush(clock.now());
    flush(in(seconds(5)));
    BOOST_TEST(heard() == "flushed; ");
    clock.advance(seconds(5));
    BOOST_TEST(size() == 0U);
    BOOST_TEST(heard() == "flushed; ");
    BOOST_TEST(listener.grows);
}

BOOST_FIXTURE_TEST_CASE(what_expires_is_dropped_whoever_finds_it, Listening)
{
    put("a", "1", in(seconds(1)));
    put("b", "1", in(seconds(1)));
    clock.advance(seconds(1));
    (void)get("a");
    sweep_all();
    BOOST_TEST(heard() == "stored a; stored b; dropped a; dropped b; ");
}

BOOST_FIXTURE_TEST_CASE(a_transaction_is_told_whole_when_it_ends, Listening)
{
    const auto a = store.hashed("a");
    {
        Transaction transaction(store);
        transaction.put(transaction.draft(a, 1).value(), never);
        const kv::Row row = transaction.find(a);
        transaction.renumber(row);
        transaction.mark(row, {.stale = true});
        transaction.erase(a);
        BOOST_TEST(listener.lines.empty());
    }
    BOOST_TEST(heard() == "stored a; renumbered a; marked a; dropped a; ");
    BOOST_TEST(listener.transactions == 1);
}

BOOST_FIXTURE_TEST_CASE(reading_tells_nothing, Listening)
{
    put("a", "1");
    (void)heard();
    (void)get("a");
    (void)get("b");
    BOOST_TEST(heard() == "");
    BOOST_TEST(listener.transactions == 1);
}

BOOST_FIXTURE_TEST_CASE(what_is_evicted_is_told_from_what_is_dropped, FullCache)
{
    put("k9", std::string(100, 'v'));
    const std::string changes = heard();
    BOOST_TEST(changes.starts_with("evicted k"));
    BOOST_TEST(changes.ends_with("; stored k9; "));
    BOOST_TEST(changes.find("dropped") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_cache_makes_room_under_the_lock_and_keeps_the_drafts_own_row, FullCache)
{
    const auto key = store.hashed("k0");
    Transaction transaction(store);
    const kv::Row row = transaction.find(key);
    for (int i = 0; i < 100; ++i) {
        auto draft = transaction.draft(key, 100);
        BOOST_REQUIRE(draft.has_value());
        BOOST_TEST(row->key() == "k0");
        BOOST_TEST(store.budget().used() <= store.budget().limit());
    }
}

BOOST_FIXTURE_TEST_CASE(a_store_that_refuses_refuses_under_the_lock_too, FullStore)
{
    const auto key = store.hashed("k0");
    BOOST_TEST(!Transaction(store).draft(key, 100).has_value());
    BOOST_TEST(!Transaction(store).admit(100));
    BOOST_TEST(size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(expired_items_make_room_under_the_lock, FullStore)
{
    for (int i = 0; i < 4; ++i) touch("k" + std::to_string(i), in(seconds(1)));
    clock.advance(seconds(1));
    const auto key = store.hashed("x");
    bool admitted = false;
    for (int steps = 0; steps < 32 && !admitted; ++steps) {  // a step sweeps some of the buckets
        admitted = Transaction(store).draft(key, 100).has_value();
    }
    BOOST_TEST(admitted);
}

BOOST_FIXTURE_TEST_CASE(what_was_admitted_cannot_be_refused, FullCache)
{
    const auto key = store.hashed("x");
    Transaction transaction(store);
    BOOST_TEST(transaction.admit(Item::footprint(1, 100)));
    BOOST_TEST(store.budget().used() <= store.budget().limit());
    for (int i = 0; i < 10; ++i) transaction.put(transaction.draft(key, 300).value(), never);
    BOOST_TEST(transaction.find(key)->value().size() == 300U);
}

// Others take whatever is free, without the lock: they must not get what the next draft needs.
BOOST_AUTO_TEST_CASE(what_an_admitted_transaction_replaces_stays_its_own)
{
    constexpr std::size_t limit = 10'000;
    StoreTalk talk(limit);
    const auto key = talk.store.hashed("x");
    const kv::MemoryBudget& budget = talk.store.budget();
    std::vector<kv::Charge> others;
    Transaction transaction(talk.store);
    BOOST_TEST(transaction.admit(2 * Item::footprint(1, 1000)));
    for (int i = 0; i < 10; ++i) {
        others.push_back(talk.store.reserve(limit - budget.used()).value());
        auto draft = transaction.draft(key, 1000);
        BOOST_TEST(budget.used() <= limit);
        transaction.put(std::move(draft.value()), never);
    }
}

BOOST_FIXTURE_TEST_CASE(more_than_the_limit_is_never_admitted, FullCache)
{
    BOOST_TEST(!Transaction(store).admit(store.budget().limit() + 1));
    BOOST_TEST(size() == 4U);
}

// Under the lock a bounded number is evicted; what takes more is reserved before.
BOOST_AUTO_TEST_CASE(what_needs_many_evictions_is_reserved_without_the_lock)
{
    constexpr std::size_t footprint = 200;
    StoreTalk talk(1000 * footprint, WhenFull::evict);
    for (int n = 0; talk.counters().evictions == 0; ++n) talk.put("k" + std::to_string(n), "v");
    const std::size_t needed = 500 * footprint;
    BOOST_TEST(!Transaction(talk.store).admit(needed));
    BOOST_TEST(talk.counters().evictions < 100U);
    auto room = talk.store.reserve(needed);
    BOOST_REQUIRE(room.has_value());
    BOOST_TEST(Transaction(talk.store).admit(needed, std::move(room)));
    BOOST_TEST(talk.store.budget().used() == talk.bytes());
}

// Also beyond a limit that was lowered: what reads must not be refused.
BOOST_FIXTURE_TEST_CASE(a_transaction_that_needs_no_memory_is_admitted_whatever_the_limit,
                        FullStore)
{
    store.set_memory_limit(1);
    BOOST_TEST(Transaction(store).admit(0));
}

BOOST_FIXTURE_TEST_CASE(what_was_admitted_and_not_used_is_given_back, FullCache)
{
    const std::size_t used = store.budget().used();
    BOOST_TEST(Transaction(store).admit(0));
    {
        Transaction transaction(store);
        BOOST_TEST(transaction.admit(Item::footprint(1, 100)));
    }
    BOOST_TEST(store.budget().used() <= used);
    BOOST_TEST(store.budget().used() == bytes());
}

BOOST_AUTO_TEST_SUITE_END()
