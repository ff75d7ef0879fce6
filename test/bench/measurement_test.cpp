#include "client/bench/measurement.h"

#include "client/bench/keys.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

BOOST_AUTO_TEST_SUITE(measurement_test)

using kv::bench::Histogram;
using kv::bench::Random;

namespace {

std::int64_t true_percentile(std::vector<std::int64_t> durations, double percent)
{
    std::sort(durations.begin(), durations.end());
    const double rank = std::ceil(percent / 100 * static_cast<double>(durations.size()));
    return durations[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

/// From nanoseconds to minutes, each magnitude alike.
std::vector<std::int64_t> durations_of_all_magnitudes(std::size_t count)
{
    Random random(7);
    std::vector<std::int64_t> durations(count);
    for (auto& duration : durations) {
        duration = static_cast<std::int64_t>(std::exp2(random.unit() * 40));
    }
    return durations;
}

}  // namespace

BOOST_AUTO_TEST_CASE(percentiles_agree_with_sorted_data_to_one_percent)
{
    const auto durations = durations_of_all_magnitudes(50'000);
    Histogram histogram;
    for (const auto duration : durations) histogram.add(duration);
    for (const double percent : {0.0, 0.1, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
        const auto right = true_percentile(durations, percent);
        const auto told = histogram.percentile_ns(percent);
        BOOST_TEST_CONTEXT("percentile " << percent)
        {
            BOOST_TEST(told >= right);
            BOOST_TEST(static_cast<double>(told) <= static_cast<double>(right) * 1.01);
        }
    }
}

BOOST_AUTO_TEST_CASE(durations_below_128_ns_are_exact)
{
    for (std::int64_t duration = 0; duration < 128; ++duration) {
        Histogram histogram;
        histogram.add(duration);
        histogram.add(1'000'000);
        BOOST_TEST(histogram.percentile_ns(50) == duration);
    }
}

BOOST_AUTO_TEST_CASE(minimum_and_maximum_are_exact)
{
    Histogram histogram;
    for (const std::int64_t duration : {123'457, 98'765'433, 1'000'003}) histogram.add(duration);
    BOOST_TEST(histogram.min_ns() == 123'457);
    BOOST_TEST(histogram.max_ns() == 98'765'433);
    BOOST_TEST(histogram.percentile_ns(100) == 98'765'433);
}

BOOST_AUTO_TEST_CASE(an_empty_one_answers_zero)
{
    const Histogram histogram;
    BOOST_TEST(histogram.percentile_ns(99) == 0);
    BOOST_TEST(histogram.min_ns() == 0);
    BOOST_TEST(histogram.max_ns() == 0);
    BOOST_TEST(histogram.mean_ns() == 0);
    BOOST_TEST(histogram.bars(16).empty());
}

BOOST_AUTO_TEST_CASE(merged_halves_equal_the_whole)
{
    const auto durations = durations_of_all_magnitudes(10'000);
    Histogram whole;
    Histogram even;
    Histogram odd;
    for (std::size_t i = 0; i < durations.size(); ++i) {
        whole.add(durations[i]);
        (i % 2 == 0 ? even : odd).add(durations[i]);
    }
    even.merge(odd);
    BOOST_TEST(even.count() == whole.count());
    BOOST_TEST(even.min_ns() == whole.min_ns());
    BOOST_TEST(even.max_ns() == whole.max_ns());
    for (const double percent : {1.0, 50.0, 99.0}) {
        BOOST_TEST(even.percentile_ns(percent) == whole.percentile_ns(percent));
    }
}

BOOST_AUTO_TEST_CASE(a_count_adds_that_many)
{
    Histogram histogram;
    histogram.add(10, 99);
    histogram.add(1000);
    BOOST_TEST(histogram.count() == 100);
    BOOST_TEST(histogram.percentile_ns(99) == 10);
    BOOST_TEST(histogram.percentile_ns(99.5) == 1000);
    BOOST_TEST(histogram.mean_ns() == 19.9, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(durations_beyond_the_range_are_kept_in_the_last_bucket)
{
    Histogram histogram;
    histogram.add(std::int64_t{1} << 60);
    BOOST_TEST(histogram.count() == 1);
    BOOST_TEST(histogram.max_ns() == std::int64_t{1} << 60);
}

BOOST_AUTO_TEST_CASE(bars_hold_every_duration_once_and_leave_no_gap)
{
    const auto durations = durations_of_all_magnitudes(10'000);
    Histogram histogram;
    for (const auto duration : durations) histogram.add(duration);
    const auto bars = histogram.bars(16);
    BOOST_TEST(bars.size() <= 17);
    BOOST_TEST(bars.size() >= 8);
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto inside = std::count_if(durations.begin(), durations.end(), [&](auto duration) {
            return duration >= bars[i].from_ns && duration < bars[i].to_ns;
        });
        BOOST_TEST(bars[i].count == static_cast<std::uint64_t>(inside));
        if (i != 0) BOOST_TEST(bars[i].from_ns == bars[i - 1].to_ns);
        drawn += bars[i].count;
    }
    BOOST_TEST(drawn == histogram.count());
}

BOOST_AUTO_TEST_SUITE_END()
