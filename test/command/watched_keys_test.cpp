#include "server/command/watched_keys.h"

#include "test/support/no_server.h"
#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <functional>

BOOST_AUTO_TEST_SUITE(watched_keys_test)

namespace {

using std::chrono::seconds;

/// A client that watches "k", and others that do things meanwhile.
struct Watching : kv::test::StoreTalk {
    void watch(std::string_view key) { watch(client_watch, key); }
    void watch(kv::Watch& watch, std::string_view key)
    {
        const kv::HashedKey hashed = store.hashed(key);
        auto charge = store.reserve(kv::Watch::footprint(hashed)).value();
        kv::Transaction transaction(store);
        watch.add({store, server, client}, transaction, hashed, charge);
    }
    bool unchanged()
    {
        kv::Transaction transaction(store);
        return client_watch.unchanged(transaction);
    }
    void with_row(const std::function<void(kv::Transaction&, const kv::Row&)>& verb)
    {
        const kv::HashedKey key = store.hashed("k");
        kv::Transaction transaction(store);
        verb(transaction, transaction.find(key));
    }

    kv::test::NoServer server;
    kv::ClientRecord client{1, "test", "nowhere", "here"};
    kv::Watch client_watch;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_stays_as_it_is_is_unchanged, Watching)
{
    put("k", "1");
    watch("k");
    watch("missing");
    put("other", "1");
    erase("other");
    (void)get("k");
    (void)erase("missing");
    BOOST_TEST(unchanged());
}

BOOST_FIXTURE_TEST_CASE(every_verb_but_a_mark_is_a_change, Watching)
{
    const std::vector<std::pair<const char*, std::function<void()>>> changes{
        {"put", [&] { put("k", "1"); }},
        {"erase", [&] { erase("k"); }},
        {"expire", [&] { touch("k", in(seconds(10))); }},
        {"renumber", [&] { with_row([](auto& verbs, auto& row) { verbs.renumber(row, 7); }); }},
        {"flush", [&] { flush(clock.now()); }},
        {"expiry", [&] { clock.advance(seconds(100)); }},
        {"put and erase", [&] { put("k", "2"), erase("k"), put("k", "1"); }},
    };
    for (const auto& [name, change] : changes) {
        put("k", "1", in(seconds(100)));
        watch("k");
        BOOST_TEST(unchanged(), name);
        change();
        BOOST_TEST(!unchanged(), name);
        client_watch.clear();
    }
    put("k", "1");
    watch("k");
    with_row([](auto& verbs, auto& row) { verbs.mark(row, {.stale = true}); });
    BOOST_TEST(unchanged());
}

// A client may choose an item's cas number; what has been watched has changed all the same.
BOOST_FIXTURE_TEST_CASE(a_chosen_cas_number_hides_nothing, Watching)
{
    const auto put_numbered = [&](std::uint64_t cas) {
        auto draft = store.draft(store.hashed("k"), 0);
        kv::Transaction(store).put(std::move(*draft), kv::never, {.cas = cas});
    };
    put_numbered(7);
    watch("k");
    put_numbered(7);
    BOOST_TEST(!unchanged());
    client_watch.clear();

    erase("k");
    watch("k");
    put_numbered(0);
    BOOST_TEST(!unchanged());
}

BOOST_FIXTURE_TEST_CASE(a_missing_key_that_comes_and_goes_has_changed, Watching)
{
    watch("k");
    put("k", "1");
    erase("k");
    BOOST_TEST(!unchanged());
}

BOOST_FIXTURE_TEST_CASE(a_key_that_had_expired_before_it_was_watched_is_missing, Watching)
{
    put("k", "1", in(seconds(1)));
    clock.advance(seconds(1));
    watch("k");
    sweep_all();
    flush(clock.now());
    BOOST_TEST(unchanged());
}

// The store listens for another client already, and so notes what the lookup of a new watch drops.
BOOST_FIXTURE_TEST_CASE(what_falls_due_as_a_key_is_watched_had_happened_before, Watching)
{
    kv::Watch another;
    watch(another, "other");
    put("k", "1", in(seconds(1)));
    clock.advance(seconds(1));
    watch("k");
    BOOST_TEST(unchanged());
    client_watch.clear();

    put("k", "1");
    flush(in(seconds(1)));
    clock.advance(seconds(1));
    watch("k");
    BOOST_TEST(unchanged());
}

BOOST_FIXTURE_TEST_CASE(watched_keys_count_against_the_memory_limit_once, Watching)
{
    BOOST_TEST(store.budget().used() == 0U);
    for (int i = 0; i < 1000; ++i) watch("k" + std::to_string(i % 500));
    BOOST_TEST(store.budget().used() >= 500U * sizeof(kv::HashedKey));
    const std::size_t used = store.budget().used();
    watch("k1");
    BOOST_TEST(store.budget().used() == used);
    client_watch.clear();
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(who_has_cleared_its_watch_is_told_nothing, Watching)
{
    kv::Watch another;
    watch(another, "k");
    watch("k");
    client_watch.clear();
    put("k", "1");
    BOOST_TEST(client_watch.size() == 0U);
    BOOST_TEST(unchanged());
    kv::Transaction transaction(store);
    BOOST_TEST(!another.unchanged(transaction));
}

BOOST_AUTO_TEST_SUITE_END()
