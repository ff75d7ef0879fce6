// Databases and private spaces: what they share, what passes between them, and who waits in them.
#include "server/store/edit.h"

#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <deque>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(spaces_test)

namespace {

using kv::Bytes;
using kv::End;
using kv::List;
using kv::Opened;
using kv::Transaction;
using kv::Waiter;
using std::chrono::hours;

/// Waits for a list, and takes its first element.
class Popper final : public Waiter {
public:
    Popper(std::uint64_t client, const std::shared_ptr<kv::Mailbox>& mailbox)
        : Waiter(client, mailbox, kv::ItemType::list)
    {
    }

    bool serve(Transaction& store, const kv::HashedKey& key) override
    {
        Opened<List> list(store, key);
        popped = list->at(End::front)->view();
        list.apply(kv::Pop{End::front});
        return true;
    }

    std::string popped;
};

struct Spaces : kv::test::StoreTalk {
    Spaces() { mailbox->open(nullptr); }

    void push(kv::Space& space, std::string_view key, std::size_t count)
    {
        const kv::HashedKey hashed = store.hashed(key);
        Transaction transaction(store, &space);
        Opened<List> list(transaction, hashed);
        for (std::size_t i = 0; i < count; ++i) {
            list.apply(kv::Push{End::back, Bytes::make(std::to_string(i))});
        }
    }

    std::unique_ptr<Popper> waiter(std::uint64_t client, kv::Space& space,
                                   const std::vector<std::string>& names)
    {
        std::vector<kv::HashedKey> keys;
        for (const std::string& name : names) keys.push_back(store.hashed(name));
        auto waiter = std::make_unique<Popper>(client, mailbox);
        Transaction(store, &space).enqueue(*waiter, keys);
        return waiter;
    }

    std::size_t size_of(kv::Space& space) { return Transaction(store, &space).size(); }
    std::size_t expiring_of(kv::Space& space) { return Transaction(store, &space).expiring(); }
    std::size_t bytes_of(kv::Space& space) { return Transaction(store, &space).bytes(); }

    const kv::SpacePtr zero = store.space("0");
    const kv::SpacePtr one = store.space("1");
    const std::shared_ptr<kv::Mailbox> mailbox = std::make_shared<kv::Mailbox>();
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_private_space_takes_its_items_with_it, Spaces)
{
    kv::SpacePtr own = store.space("own");
    push(*own, "list", 100);
    BOOST_TEST(store.budget().used() == bytes_of(*own));
    BOOST_TEST(store.space("own") == own);
    own.reset();
    BOOST_TEST(store.budget().used() == 0U);
    own = store.space("own");
    BOOST_TEST(size_of(*own) == 0U);
}

/// A session leaves its space under the lock, where the space must not end.
BOOST_FIXTURE_TEST_CASE(a_private_space_may_be_left_in_a_transaction, Spaces)
{
    kv::SpacePtr own = store.space("own");
    push(*own, "list", 1);
    {
        Transaction transaction(store, own.get());
        for (int i = 0; i < 10; ++i) {
            kv::SpacePtr next = transaction.find_space("own" + std::to_string(i));
            transaction.use(*next);
            transaction.leave(std::exchange(own, next));
        }
    }
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_moved_item_is_charged_where_it_is, Spaces)
{
    push(*zero, "list", 100);
    BOOST_REQUIRE(touch("list", in(hours(1))));
    const std::size_t used = store.budget().used();
    const kv::HashedKey key = store.hashed("list");
    BOOST_TEST(Transaction(store).move(key, *one));
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(expiring() == 0U);
    BOOST_TEST(bytes_of(*one) == used);
    BOOST_TEST(expiring_of(*one) == 1U);
    push(*zero, "list", 1);
    BOOST_TEST(!Transaction(store).move(key, *one));  // it is taken there
    clock.advance(hours(2));
    BOOST_TEST(Transaction(store).move(key, *one));  // and now not any more
    BOOST_TEST(size_of(*one) == 1U);
    BOOST_TEST(expiring_of(*one) == 0U);
    Transaction(store, one.get()).erase(key);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_swap_exchanges_figures_and_a_flush_that_is_to_come, Spaces)
{
    push(*zero, "list", 100);
    flush(in(hours(1)));
    const std::size_t used = store.budget().used();
    Transaction(store).swap(*zero, *one);
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(bytes_of(*one) == used);
    push(*zero, "other", 1);
    clock.advance(hours(2));
    sweep_all();
    BOOST_TEST(size_of(*one) == 0U);
    BOOST_TEST(size() == 1U);
    flush(clock.now());
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(each_waiter_is_served_in_its_own_space, Spaces)
{
    const auto here = waiter(1, *zero, {"key", "other"});
    const auto there = waiter(2, *one, {"key"});
    push(*one, "key", 1);
    BOOST_TEST(there->popped == "0");
    BOOST_TEST((here->state() == Waiter::State::queued));
    push(*one, "other", 1);
    const kv::HashedKey other = store.hashed("other");
    Transaction(store, one.get()).move(other, *zero);
    BOOST_TEST((here->state() == Waiter::State::served));
    BOOST_TEST(store.budget().used() == 0U);
    const auto late = waiter(3, *zero, {"key", "key"});
    push(*one, "key", 1);
    Transaction(store).swap(*zero, *one);
    BOOST_TEST((late->state() == Waiter::State::served));
    BOOST_TEST(Transaction(store).waiting_clients() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

/// In a time that grows with their number, not with its square.
BOOST_FIXTURE_TEST_CASE(many_waiters_are_served_by_one_push_first_come_first_served, Spaces)
{
    constexpr std::size_t many = 20'000;
    std::deque<std::unique_ptr<Popper>> waiters;
    for (std::size_t i = 0; i < many; ++i) waiters.push_back(waiter(i, *zero, {"key"}));
    push(*zero, "key", many + 1);
    for (std::size_t i = 0; i < many; ++i) BOOST_REQUIRE(waiters[i]->popped == std::to_string(i));
    BOOST_TEST(size() == 1U);
    BOOST_TEST(Transaction(store).waiting_clients() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_waiter_for_many_keys_leaves_all_their_queues, Spaces)
{
    std::vector<std::string> names;
    for (int i = 0; i < 100'000; ++i) names.push_back("key" + std::to_string(i));
    const auto first = waiter(1, *zero, names);
    push(*zero, names.back(), 1);
    BOOST_TEST((first->state() == Waiter::State::served));
    push(*zero, names.front(), 1);
    BOOST_TEST(size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
