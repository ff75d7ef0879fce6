#include "server/net/scheduling.h"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

BOOST_AUTO_TEST_SUITE(scheduling_test)

// On Linux both calls are about the calling thread alone.
BOOST_AUTO_TEST_CASE(a_thread_that_asks_runs_as_batch_and_is_as_nice_as_before)
{
    const int policy = ::sched_getscheduler(0);
    const int niceness = ::getpriority(PRIO_PROCESS, 0);
    const int nicer = std::min(niceness + 1, 19);
    std::thread([&] {
        BOOST_REQUIRE_EQUAL(::setpriority(PRIO_PROCESS, 0, nicer), 0);
        kv::ask_for_short_turns();
        BOOST_TEST(::sched_getscheduler(0) == SCHED_BATCH);
        BOOST_TEST(::getpriority(PRIO_PROCESS, 0) == nicer);
    }).join();
    BOOST_TEST(::sched_getscheduler(0) == policy);
    BOOST_TEST(::getpriority(PRIO_PROCESS, 0) == niceness);
}

BOOST_AUTO_TEST_SUITE_END()
