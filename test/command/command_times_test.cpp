// The histogram of command times.
#include "server/command/command_times.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(command_times_test)

using kv::CommandTimes;
using kv::Histogram;

BOOST_AUTO_TEST_CASE(a_bucket_ends_where_the_next_begins)
{
    for (std::size_t bucket = 0; bucket + 1 < Histogram::buckets; ++bucket) {
        const std::uint64_t last = Histogram::last_of(bucket);
        BOOST_TEST(Histogram::bucket_of(last) == bucket);
        BOOST_TEST(Histogram::bucket_of(last + 1) == bucket + 1);
    }
    BOOST_TEST(Histogram::bucket_of(UINT64_MAX) == Histogram::buckets - 1);
}

BOOST_AUTO_TEST_CASE(times_are_summed_and_ranked_to_an_eighth)
{
    CommandTimes times;
    for (std::uint64_t client = 0; client < 100; ++client) times.add(3, client, 1000 + client);
    times.add(3, 0, 1'000'000);
    times.count_failed(3, 1);
    const auto tally = times.of(3);
    BOOST_TEST(tally.calls() == 101u);
    BOOST_TEST(tally.failed == 1u);
    BOOST_TEST(tally.sum() == 1'104'950, boost::test_tools::tolerance(0.07));
    BOOST_TEST(tally.percentile(0.5) / 1050.0 == 1, boost::test_tools::tolerance(0.13));
    BOOST_TEST(tally.percentile(1) / 1e6 == 1, boost::test_tools::tolerance(0.13));
    BOOST_TEST(times.of(4).calls() == 0u);
    times.reset();
    BOOST_TEST(times.of(3).calls() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
