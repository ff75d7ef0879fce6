#include "client/bench/keys.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(keys_test)

using kv::bench::Distribution;
using kv::bench::KeySequence;

namespace {

std::vector<double> shares_of(const char* distribution, std::uint32_t keys, int samples)
{
    KeySequence sequence(Distribution::parse(distribution), keys, 42);
    std::vector<double> shares(std::size_t{2} * keys);
    for (int i = 0; i < samples; ++i) shares.at(sequence.next()) += 1.0 / samples;
    return shares;
}

double zipf_share(std::uint32_t key, std::uint32_t keys, double theta)
{
    double total = 0;
    for (std::uint32_t k = 1; k <= keys; ++k) total += std::pow(k, -theta);
    return std::pow(key + 1, -theta) / total;
}

void check_zipf(const char* distribution, double theta)
{
    constexpr std::uint32_t keys = 1000;
    const auto shares = shares_of(distribution, keys, 1'000'000);
    for (const std::uint32_t key : {0U, 1U, 2U, 9U, 99U}) {
        const double right = zipf_share(key, keys, theta);
        BOOST_TEST_CONTEXT(distribution << ", key " << key)
        {
            // 5 standard deviations: a wrong shape is off by far more.
            const double tolerance = 5 * std::sqrt(right / 1'000'000);
            BOOST_TEST(std::abs(shares[key] - right) < tolerance);
        }
    }
    double tail = 0;
    double right_tail = 0;
    for (std::uint32_t key = 500; key < keys; ++key) {
        tail += shares[key];
        right_tail += zipf_share(key, keys, theta);
    }
    BOOST_TEST(std::abs(tail - right_tail) < 5 * std::sqrt(right_tail / 1'000'000));
}

}  // namespace

BOOST_AUTO_TEST_CASE(zipf_has_the_shape_of_its_exponent)
{
    check_zipf("zipf:0.8", 0.8);
    check_zipf("zipf:0.99", 0.99);
    check_zipf("zipf:1", 1.0);
    check_zipf("zipf:1.2", 1.2);
}

BOOST_AUTO_TEST_CASE(zipf_over_one_key_is_that_key)
{
    KeySequence sequence(Distribution::parse("zipf:0.99"), 1, 1);
    for (int i = 0; i < 1000; ++i) BOOST_TEST(sequence.next() == 0);
}

BOOST_AUTO_TEST_CASE(uniform_asks_for_every_key_alike)
{
    const auto shares = shares_of("uniform", 100, 1'000'000);
    for (std::size_t key = 0; key < 100; ++key) {
        BOOST_TEST(std::abs(shares[key] - 0.01) < 5 * std::sqrt(0.01 / 1'000'000));
    }
}

BOOST_AUTO_TEST_CASE(a_loop_comes_round)
{
    KeySequence sequence(Distribution::parse("loop"), 3, 1);
    for (const std::uint32_t key : {0U, 1U, 2U, 0U, 1U, 2U, 0U}) BOOST_TEST(sequence.next() == key);
}

BOOST_AUTO_TEST_CASE(scans_take_their_share_in_runs_of_fresh_keys)
{
    constexpr std::uint32_t keys = 1'000'000;
    KeySequence sequence(Distribution::parse("zipf:0.99+scan:0.3"), keys, 5);
    int scanned = 0;
    std::uint32_t expected = 0;
    for (int i = 0; i < 2'000'000; ++i) {
        const std::uint32_t key = sequence.next();
        if (key < keys) continue;
        if (scanned != 0) BOOST_REQUIRE(key == expected);
        expected = key + 1 == 2 * keys ? keys : key + 1;
        ++scanned;
    }
    BOOST_TEST(std::abs(scanned / 2e6 - 0.3) < 0.03);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_the_sequence)
{
    const auto distribution = Distribution::parse("zipf:1.2+scan:0.1");
    KeySequence one(distribution, 1000, 9);
    KeySequence same(distribution, 1000, 9);
    KeySequence other(distribution, 1000, 10);
    int differing = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto key = one.next();
        BOOST_REQUIRE(same.next() == key);
        if (other.next() != key) ++differing;
    }
    BOOST_TEST(differing > 100);
}

BOOST_AUTO_TEST_CASE(a_distribution_is_read_and_written_alike)
{
    for (const char* text : {"uniform", "loop", "zipf:0.99", "zipf:1.2+scan:0.25"}) {
        BOOST_TEST(Distribution::parse(text).text() == text);
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_distribution)
{
    for (const char* text : {"", "zipf", "zipf:", "zipf:0", "zipf:-1", "zipf:nan", "zipf:1x",
                             "uniform+", "uniform+scan:1", "uniform+scan:x", "normal"}) {
        BOOST_CHECK_THROW((void)Distribution::parse(text), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_SUITE_END()
