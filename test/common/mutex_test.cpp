#include "common/mutex.h"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(mutex_test)

using kv::LockRank;
using kv::Mutex;
using kv::MutexLock;

#ifdef KV_CHECK_LOCK_ORDER

namespace {

/// How a process ends that does this: 0, or the signal that ended it.
int end_of(const std::function<void()>& what)
{
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::close(STDERR_FILENO);  // where the failed assertion would be told
        std::signal(SIGABRT, SIG_DFL);
        what();
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

/// Takes two locks, one under the other.
std::function<void()> takes(LockRank first, LockRank second)
{
    return [first, second] {
        Mutex outer(first);
        Mutex inner(second);
        const MutexLock outer_lock(outer);
        const MutexLock inner_lock(inner);
    };
}

}  // namespace

BOOST_AUTO_TEST_CASE(locks_are_taken_in_the_order_of_their_ranks_or_the_program_ends)
{
    BOOST_TEST(end_of(takes(LockRank::store, LockRank::registry)) == 0);
    BOOST_TEST(end_of(takes(LockRank::registry, LockRank::client)) == 0);
    BOOST_TEST(end_of(takes(LockRank::store, LockRank::last)) == 0);
    BOOST_TEST(end_of(takes(LockRank::registry, LockRank::store)) == SIGABRT);
    BOOST_TEST(end_of(takes(LockRank::client, LockRank::channels)) == SIGABRT);
    BOOST_TEST(end_of(takes(LockRank::store, LockRank::store)) == SIGABRT);
    BOOST_TEST(end_of(takes(LockRank::last, LockRank::client)) == SIGABRT);
}

#endif

BOOST_AUTO_TEST_CASE(a_lock_that_was_let_go_may_be_taken_behind_a_lower_one)
{
    Mutex low(LockRank::client);
    Mutex high(LockRank::store);
    {
        const MutexLock lock(low);
    }
    const MutexLock lock(high);
    const MutexLock again(low);
    BOOST_TEST_PASSPOINT();
}

// Without let_waiters_in() he who has just unlocked it is faster than those who have to wake up.
BOOST_AUTO_TEST_CASE(those_who_wait_get_the_lock_before_the_next_step)
{
    constexpr std::uint32_t waiters = 3;
    for (int round = 0; round < 20; ++round) {
        Mutex mutex;
        std::string order;
        std::vector<std::jthread> threads;
        const auto take_turn = [&](char name) {
            const MutexLock lock(mutex);
            order += name;
        };
        mutex.lock();
        for (std::uint32_t i = 0; i < waiters; ++i) threads.emplace_back(take_turn, 'w');
        while (mutex.waits() < waiters) std::this_thread::yield();
        mutex.unlock();
        mutex.let_waiters_in();
        take_turn('s');
        BOOST_TEST(order == "wwws");
    }
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_when_nobody_waits)
{
    Mutex mutex;
    {
        const MutexLock lock(mutex);
    }
    mutex.let_waiters_in();
    BOOST_TEST(mutex.waits() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
