#include "server/command/expiry.h"

#include "test/support/manual_clock.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(expiry_test)

using kv::memcached_expiry;
using kv::never;
using kv::UnixMillis;
using std::chrono::seconds;

namespace {

constexpr UnixMillis now = kv::test::ManualClock::start;
constexpr std::int64_t month = 60 * 60 * 24 * 30;

/// When an item stored now with this exptime expires.
UnixMillis expiry_of(std::int64_t exptime)
{
    return memcached_expiry(exptime).resolve(now);
}

}  // namespace

BOOST_AUTO_TEST_CASE(zero_is_never)
{
    BOOST_TEST((expiry_of(0) == never));
}

BOOST_AUTO_TEST_CASE(a_negative_number_is_over_already)
{
    BOOST_TEST((expiry_of(-1) <= now));
    BOOST_TEST((expiry_of(-1'000'000) <= now));
    BOOST_TEST((expiry_of(INT64_MIN) <= now));
}

BOOST_AUTO_TEST_CASE(up_to_30_days_are_a_span)
{
    BOOST_TEST((expiry_of(1) == now + seconds(1)));
    BOOST_TEST((expiry_of(month) == now + seconds(month)));
}

BOOST_AUTO_TEST_CASE(beyond_30_days_is_unix_time)
{
    BOOST_TEST((expiry_of(month + 1) == seconds(month + 1)));
    BOOST_TEST((expiry_of(1'800'000'000) == seconds(1'800'000'000)));
}

BOOST_AUTO_TEST_CASE(a_time_that_has_passed_is_over_already)
{
    BOOST_TEST((expiry_of(1'600'000'000) <= now));
}

// Clients write -1 as 4294967295.
BOOST_AUTO_TEST_CASE(what_31_bits_cannot_hold_is_a_negative_number)
{
    BOOST_TEST((expiry_of(INT32_MAX) == seconds(INT32_MAX)));
    BOOST_TEST((expiry_of(std::int64_t{INT32_MAX} + 1) <= now));
    BOOST_TEST((expiry_of(UINT32_MAX) <= now));
    BOOST_TEST((expiry_of(INT64_MAX) <= now));
}

BOOST_AUTO_TEST_CASE(a_span_counts_from_the_execution)
{
    const auto expiry = memcached_expiry(10);
    BOOST_TEST((expiry.resolve(now) == now + seconds(10)));
    BOOST_TEST((expiry.resolve(now + seconds(5)) == now + seconds(15)));
}

BOOST_AUTO_TEST_SUITE_END()
