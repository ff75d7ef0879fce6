// What a run is told to do, how its threads share that, and when a request may be sent.
#include "client/bench/load.h"
#include "client/bench/driver.h"
#include "client/bench/options.h"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <vector>

BOOST_AUTO_TEST_SUITE(load_test)

using namespace kv::bench;

namespace {

Options parse(std::vector<const char*> words)
{
    words.insert(words.begin(), "kvbench");
    return parse_options(static_cast<int>(words.size()), words.data()).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_words_the_default_server_gets_the_default_load)
{
    const Options options = parse({});
    BOOST_TEST(kv::to_string(options.uri) == "memcache://127.0.0.1:11211");
    BOOST_TEST(options.clients == 50);
    BOOST_TEST(options.pipeline == 1);
    BOOST_TEST(options.get_share == 0.9);
    BOOST_TEST(options.duration_seconds == 5);
    BOOST_TEST(options.rate == 0);
}

BOOST_AUTO_TEST_CASE(the_address_stands_anywhere)
{
    BOOST_TEST(kv::to_string(parse({"redis://[::1]:1", "-c", "2"}).uri) == "redis://[::1]:1");
    BOOST_TEST(kv::to_string(parse({"-c", "2", "redis+unix:///s"}).uri) == "redis+unix:///s");
}

BOOST_AUTO_TEST_CASE(value_sizes_are_one_size_or_a_range)
{
    const SizeRange one = parse({"--value-size", "4k"}).value_sizes;
    BOOST_TEST(one.min_bytes == 4096);
    BOOST_TEST(one.max_bytes == 4096);
    const SizeRange range = parse({"-s", "10-2k"}).value_sizes;
    BOOST_TEST(range.min_bytes == 10);
    BOOST_TEST(range.max_bytes == 2048);
}

BOOST_AUTO_TEST_CASE(a_number_of_requests_replaces_the_duration)
{
    const Options options = parse({"-n", "1000"});
    BOOST_TEST(options.requests == 1000);
    BOOST_TEST(options.duration_seconds == 0);
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    const std::vector<std::vector<const char*>> lines{
        {"-c", "0"},        {"-c", "-1"},
        {"-t", "51"},       {"-p", "0"},
        {"-r", "1.1"},      {"-r", "-0.1"},
        {"-s", "2-1"},      {"-s", "x"},
        {"-s", "2g"},       {"-n", "1", "-d", "1"},
        {"--rate", "-1"},   {"--active-share", "0"},
        {"--surprise"},     {"nonsense"},
        {"-k", "0"},        {"--progress", "maybe"},
        {"--timeout", "0"}, {"memcache://h:1", "memcache://h:2"}};
    for (const auto& line : lines) {
        BOOST_TEST_CONTEXT(line.front() << ' ' << line.back())
        BOOST_CHECK_THROW((void)parse(line), std::exception);
    }
}

BOOST_AUTO_TEST_CASE(the_parts_of_the_threads_add_up_and_touch)
{
    for (const std::uint64_t whole : {0U, 1U, 7U, 8U, 1000U}) {
        std::uint64_t sum = 0;
        for (unsigned i = 0; i < 3; ++i) {
            const Part part{.index = i, .count = 3};
            BOOST_TEST(part.first_of(whole) == sum);
            sum += part.of(whole);
        }
        BOOST_TEST(sum == whole);
    }
}

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
