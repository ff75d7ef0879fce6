#include "server/store/memory_budget.h"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(memory_budget_test)

using kv::Charge;
using kv::MemoryBudget;

BOOST_AUTO_TEST_CASE(a_budget_can_be_used_to_the_last_byte)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(60));
    BOOST_TEST(budget.take(40));
    BOOST_TEST(budget.used() == 100U);
}

BOOST_AUTO_TEST_CASE(one_byte_too_many_is_refused_and_not_counted)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(60));
    BOOST_TEST(!budget.take(41));
    BOOST_TEST(budget.used() == 60U);
    BOOST_TEST(budget.take(40));
}

BOOST_AUTO_TEST_CASE(what_is_given_back_can_be_taken_again)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(100));
    budget.give_back(30);
    BOOST_TEST(budget.used() == 70U);
    BOOST_TEST(budget.take(30));
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_is_none)
{
    MemoryBudget budget(0);
    BOOST_TEST(budget.take(std::size_t{1} << 50));
    BOOST_TEST(budget.has_room(std::size_t{1} << 50));
    BOOST_TEST(budget.used() == std::size_t{1} << 50);
}

BOOST_AUTO_TEST_CASE(has_room_asks_without_taking)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(60));
    BOOST_TEST(budget.has_room(40));
    BOOST_TEST(!budget.has_room(41));
    BOOST_TEST(budget.used() == 60U);
}

BOOST_AUTO_TEST_CASE(a_charge_gives_back_at_its_end)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(30));
    {
        const Charge charge(budget, 30);
    }
    BOOST_TEST(budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_charge_that_is_kept_stays_counted)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(30));
    {
        Charge charge(budget, 30);
        charge.keep();
    }
    BOOST_TEST(budget.used() == 30U);
}

BOOST_AUTO_TEST_CASE(a_charge_that_moves_gives_back_once)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(30));
    {
        Charge first(budget, 30);
        Charge second(std::move(first));
        Charge third;
        third = std::move(second);
        BOOST_TEST(budget.used() == 30U);
    }
    BOOST_TEST(budget.used() == 0U);
}

// A client that keeps asking for more than there is must not make others believe it is taken.
BOOST_AUTO_TEST_CASE(a_request_refused_takes_nothing_from_others_for_a_moment_either)
{
    MemoryBudget budget(100);
    std::atomic<int> asked_in_vain{0};
    std::jthread greedy([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) asked_in_vain += budget.take(101) ? 0 : 1;
    });
    int refused = 0;
    while (asked_in_vain < 1'000'000) {
        if (budget.take(10)) {
            budget.give_back(10);
        } else {
            ++refused;
        }
    }
    BOOST_TEST(refused == 0);
}

BOOST_AUTO_TEST_CASE(threads_never_take_more_than_the_limit_together)
{
    constexpr std::size_t limit = 1000;
    MemoryBudget budget(limit);
    std::atomic<std::size_t> held{0};
    std::atomic<bool> exceeded{false};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < 50'000; ++round) {
                    if (!budget.take(300)) continue;
                    if ((held += 300) > limit) exceeded = true;
                    held -= 300;
                    budget.give_back(300);
                }
            });
        }
    }
    BOOST_TEST(!exceeded);
    BOOST_TEST(budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(what_exceeds_a_lowered_limit_is_told)
{
    MemoryBudget budget(100);
    BOOST_TEST(budget.take(90));
    BOOST_TEST(budget.excess() == 0U);
    budget.set_limit(40);
    BOOST_TEST(budget.excess() == 50U);
    budget.set_limit(0);
    BOOST_TEST(budget.excess() == 0U);
}

BOOST_AUTO_TEST_CASE(what_waits_takes_a_quarter_of_the_limit_at_most)
{
    MemoryBudget budget(100);
    kv::WaitingMemory waiting(budget);
    BOOST_TEST(waiting.take(25));
    BOOST_TEST(!waiting.take(1));
    BOOST_TEST(waiting.used() == 25U);  // what was refused has not been counted
    waiting.give_back(25);
    budget.set_limit(40);
    BOOST_TEST(!waiting.take(11));
    BOOST_TEST(waiting.take(10));
}

// Its quarter is beside the budget: a store full of items stops no client that writes before it
// reads, and such a client has nobody's write refused.
BOOST_AUTO_TEST_CASE(what_waits_and_what_is_stored_leave_each_other_their_room)
{
    MemoryBudget budget(100);
    kv::WaitingMemory waiting(budget);
    BOOST_TEST(budget.take(90));
    BOOST_TEST(waiting.take(25));
    BOOST_TEST(budget.take(10));
    BOOST_TEST(budget.used() == 100U);
}

BOOST_AUTO_TEST_CASE(a_limit_too_small_for_quarters_is_still_one)
{
    MemoryBudget budget(1);
    kv::WaitingMemory waiting(budget);
    BOOST_TEST(!waiting.take(2));
}

BOOST_AUTO_TEST_CASE(without_a_limit_what_waits_has_none_either)
{
    MemoryBudget budget(0);
    kv::WaitingMemory waiting(budget);
    BOOST_TEST(waiting.take(std::size_t{1} << 40));
}

BOOST_AUTO_TEST_CASE(what_is_withheld_cannot_be_used_but_is_half_at_most)
{
    MemoryBudget budget(100);
    budget.withhold(30);
    BOOST_TEST(budget.limit() == 100U);
    BOOST_TEST(!budget.has_room(71));
    BOOST_TEST(!budget.take(71));
    BOOST_TEST(budget.take(40));
    budget.withhold(90);
    BOOST_TEST(!budget.take(11));
    BOOST_TEST(budget.take(10));
    budget.withhold(0);
    BOOST_TEST(budget.take(50));
}

BOOST_AUTO_TEST_CASE(what_is_held_counts_beyond_what_is_free)
{
    constexpr std::size_t free_bytes = kv::HeldMemory::free_bytes;
    MemoryBudget budget(100);
    kv::HeldMemory held(budget);
    BOOST_TEST(held.take(free_bytes));
    BOOST_TEST(budget.used() == 0U);
    BOOST_TEST(held.take(60));
    BOOST_TEST(budget.used() == 60U);
    BOOST_TEST(!held.take(41));
    BOOST_TEST(held.used() == free_bytes + 60);
    held.give_back(70);  // what is counted first
    BOOST_TEST(budget.used() == 0U);
    BOOST_TEST(held.take(10));
    BOOST_TEST(budget.used() == 0U);
    held.give_back(free_bytes);
    BOOST_TEST(held.used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_client_holds_a_little_without_asking)
{
    constexpr std::size_t free_bytes = kv::HeldBytes::free_bytes;
    MemoryBudget budget(0);
    kv::HeldMemory memory(budget);
    {
        kv::HeldBytes held;
        BOOST_TEST(held.add(memory, free_bytes - 10));
        BOOST_TEST(memory.used() == 0U);
        BOOST_TEST(held.add(memory, 30));
        BOOST_TEST(memory.used() == 20U);
        held.clear();
        BOOST_TEST(memory.used() == 0U);
        BOOST_TEST(held.add(memory, free_bytes + 5));
        BOOST_TEST(memory.used() == 5U);
    }
    BOOST_TEST(memory.used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
