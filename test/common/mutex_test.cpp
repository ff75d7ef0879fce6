#include "common/mutex.h"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

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

BOOST_AUTO_TEST_SUITE_END()
