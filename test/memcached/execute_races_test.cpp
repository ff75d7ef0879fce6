// Eight threads carry out operations on the same keys at once: each operation is one step, so every
// sum is exact. ThreadSanitizer watches.
#include "test/support/execution.h"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(execute_races_test)

namespace {

namespace mc = kv::memcached;
using kv::test::Execution;
using kv::test::Mode;
using mc::Arithmetic;

constexpr int threads = 8;
constexpr int rounds = 2000;

struct Races : Execution {
    static void all_at_once(const std::function<void(int, int)>& work)
    {
        std::vector<std::jthread> running;
        for (int i = 0; i < threads; ++i) {
            running.emplace_back([&work, i] {
                for (int round = 0; round < rounds; ++round) work(i, round);
            });
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(no_count_is_lost, Races)
{
    set("n", "1000000");
    all_at_once([this](int i, int) { run("n", Arithmetic{2, i % 2 == 0}); });
    BOOST_TEST(get("n") == "1000000");
}

BOOST_FIXTURE_TEST_CASE(no_cas_is_lost, Races)
{
    set("n", "0");
    all_at_once([this](int, int) {
        for (Outcome outcome = Outcome::exists; outcome == Outcome::exists;) {
            const auto found = std::get<kv::Found>(run("n", mc::Get{}));
            const int number = std::stoi(std::string(found.item->value()));
            outcome = cas("n", std::to_string(number + 1), found.cas);
        }
    });
    BOOST_TEST(get("n") == std::to_string(threads * rounds));
}

BOOST_FIXTURE_TEST_CASE(no_append_is_lost, Races)
{
    set("log", "");
    all_at_once([this](int i, int round) {
        if (round < 300) store_as(Mode::append, "log", std::to_string(i));
    });
    const std::string log = get("log");
    BOOST_TEST(log.size() == std::size_t{threads * 300});
    for (int i = 0; i < threads; ++i) {
        BOOST_TEST(std::count(log.begin(), log.end(), '0' + i) == 300);
    }
}

// Whatever happens at once: in the end the bytes counted are those of what is stored.
BOOST_FIXTURE_TEST_CASE(the_accounting_is_exact_after_everything_at_once, Races)
{
    all_at_once([this](int i, int round) {
        const std::string key = "key:" + std::to_string(round % 20);
        const std::string value(static_cast<std::size_t>(round % 300), 'v');
        switch ((i + round) % 8) {
            case 0: set(key, value, round % 3); break;
            case 1: store_as(Mode::add, key, value); break;
            case 2: store_as(Mode::append, key, "tail"); break;
            case 3: run(key, mc::Delete{}); break;
            case 4: run(key, mc::GetAndTouch{kv::memcached_expiry(round % 5)}); break;
            case 5: clock.advance(std::chrono::milliseconds(10)); break;
            case 6: run(key, mc::Get{}); break;
            default:
                if (round % 100 == 0) run(mc::Flush{kv::memcached_expiry(round % 3)});
        }
    });
    while (store.unstored().unread.release()) {  // what replies read when it was replaced
    }
    BOOST_TEST(store.budget().used() == bytes());
    run(mc::Flush{});
    BOOST_TEST(bytes() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
