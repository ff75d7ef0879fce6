#include "client/bench/driver.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(pace_test)

using kv::bench::Bounds;
using kv::bench::Pace;

BOOST_AUTO_TEST_CASE(a_closed_loop_sends_whenever_asked)
{
    Pace pace(Bounds{.requests = 3}, 100);
    BOOST_TEST(pace.take(100).value() == 100);
    BOOST_TEST(pace.take(150).value() == 150);
    BOOST_TEST(pace.take(150).value() == 150);
    BOOST_TEST(!pace.take(150).has_value());
    BOOST_TEST(pace.is_over(150));
    BOOST_TEST(pace.overdue() == 0);
}

BOOST_AUTO_TEST_CASE(a_closed_loop_ends_with_its_time)
{
    Pace pace(Bounds{.seconds = 1e-6}, 0);
    BOOST_TEST(pace.take(999).has_value());
    BOOST_TEST(!pace.take(1000).has_value());
    BOOST_TEST(pace.is_over(1000));
}

BOOST_AUTO_TEST_CASE(an_open_loop_sends_at_its_times_only)
{
    Pace pace(Bounds{.requests_per_second = 1e6}, 0);  // every 1000 ns
    BOOST_TEST(pace.take(0).value() == 0);
    BOOST_TEST(!pace.take(999).has_value());
    BOOST_TEST(pace.next_due_ns() == 1000);
    BOOST_TEST(pace.take(1000).value() == 1000);
}

BOOST_AUTO_TEST_CASE(what_is_sent_late_keeps_its_own_time)
{
    Pace pace(Bounds{.requests_per_second = 1e6}, 0);
    BOOST_TEST(pace.take(3500).value() == 0);
    BOOST_TEST(pace.take(3500).value() == 1000);
    BOOST_TEST(pace.take(3500).value() == 2000);
    BOOST_TEST(pace.take(3500).value() == 3000);
    BOOST_TEST(!pace.take(3500).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_due_and_not_sent_is_counted)
{
    Pace pace(Bounds{.seconds = 10e-6, .requests_per_second = 1e6}, 0);
    BOOST_TEST(pace.take(5000).value() == 0);
    BOOST_TEST(!pace.take(10'000).has_value());
    BOOST_TEST(pace.overdue() == 9);  // 1000, 2000 ... 9000
}

BOOST_AUTO_TEST_CASE(a_kept_pace_leaves_nothing_overdue)
{
    Pace pace(Bounds{.seconds = 10e-6, .requests_per_second = 1e6}, 0);
    for (std::int64_t i = 0; i < 10; ++i) BOOST_TEST(pace.take(1000 * i).has_value());
    BOOST_TEST(pace.overdue() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
