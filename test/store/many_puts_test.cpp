#define BOOST_TEST_MODULE many_puts
#include "server/command/steps.h"
#include "server/store/store.h"
#include "test/support/manual_clock.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t allocations = 0;

}  // namespace

// Items are not made with new, and a row that is replaced keeps its memory: what is counted is what
// a transaction needs for itself.
void* operator new(std::size_t bytes)
{
    ++allocations;
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

BOOST_AUTO_TEST_CASE(a_transaction_of_many_puts_does_not_copy_what_it_drops_for_each)
{
    constexpr std::size_t count = 10'000;
    const kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    const auto drafts = [&] {
        std::vector<kv::Draft> made;
        for (std::size_t i = 0; i < count; ++i)
            made.push_back(*store.draft(store.hashed(std::to_string(i)), 1));
        return made;
    };
    const auto put_all = [&](std::vector<kv::Draft> made) {
        kv::Transaction transaction(store);
        for (kv::Draft& draft : made) transaction.put(std::move(draft), kv::never);
    };
    put_all(drafts());
    auto replacing = drafts();
    const std::size_t before = allocations;
    put_all(std::move(replacing));
    BOOST_TEST(allocations - before < 100U);
}
