#include "server/memcached/execute.h"

#include "common/version.h"
#include "test/support/execution.h"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace kv::memcached {

// For the messages of failed checks.
std::ostream& operator<<(std::ostream& out, Outcome outcome)
{
    return out << "outcome " << static_cast<int>(outcome);
}

}  // namespace kv::memcached

BOOST_AUTO_TEST_SUITE(execute_test)

namespace {

namespace mc = kv::memcached;
using kv::Found;
using kv::Item;
using kv::memcached_expiry;
using kv::Number;
using kv::test::Execution;
using kv::test::Mode;
using mc::Arithmetic;
using std::chrono::seconds;

/// Room for two items of 100 bytes, and one that is being written.
struct SmallExecution : Execution {
    SmallExecution() : Execution(3 * Item::footprint(1, 100)) {}
};

}  // namespace

// --- get ---

BOOST_FIXTURE_TEST_CASE(a_get_finds_what_is_stored, Execution)
{
    set("a", "1");
    const auto found = std::get<Found>(run("a", mc::Get{}));
    BOOST_TEST(found.item->key() == "a");
    BOOST_TEST(found.item->value() == "1");
    BOOST_TEST(found.cas == cas_of("a"));
}

BOOST_FIXTURE_TEST_CASE(a_get_that_misses_is_not_found, Execution)
{
    BOOST_TEST(outcome("a", mc::Get{}) == Outcome::not_found);
}

BOOST_FIXTURE_TEST_CASE(what_was_found_lives_as_long_as_its_reply, Execution)
{
    set("a", "before");
    const auto found = std::get<Found>(run("a", mc::Get{}));
    set("a", "after");
    run(mc::Flush{});
    BOOST_TEST(found.item->value() == "before");
}

BOOST_FIXTURE_TEST_CASE(hits_and_misses_are_counted, Execution)
{
    set("a", "1");
    run("a", mc::Get{});
    run("b", mc::Get{});
    run("c", mc::Get{});
    BOOST_TEST(counters().get.hits == 1U);
    BOOST_TEST(counters().get.misses == 2U);
    BOOST_TEST(counters().set == 1U);
}

// --- get and touch ---

BOOST_FIXTURE_TEST_CASE(get_and_touch_finds_and_gives_a_new_expiry, Execution)
{
    set("a", "1", 10);
    const auto cas = cas_of("a");
    const auto found = std::get<Found>(run("a", mc::GetAndTouch{memcached_expiry(100)}));
    BOOST_TEST(found.item->value() == "1");
    BOOST_TEST(found.cas == cas);
    BOOST_TEST(cas_of("a") == cas);
    clock.advance(seconds(99));
    BOOST_TEST(get("a") == "1");
    clock.advance(seconds(1));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(get_and_touch_to_the_past_finds_for_the_last_time, Execution)
{
    set("a", "1");
    BOOST_TEST(std::get<Found>(run("a", mc::GetAndTouch{memcached_expiry(-1)})).item->value() ==
               "1");
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(get_and_touch_counts_as_both, Execution)
{
    set("a", "1");
    run("a", mc::GetAndTouch{{}});
    BOOST_TEST(outcome("b", mc::GetAndTouch{{}}) == Outcome::not_found);
    BOOST_TEST(counters().get.hits == 1U);
    BOOST_TEST(counters().get.misses == 1U);
    BOOST_TEST(counters().touch.hits == 1U);
    BOOST_TEST(counters().touch.misses == 1U);
}

// --- storing ---

BOOST_FIXTURE_TEST_CASE(set_stores_whatever_there_was, Execution)
{
    BOOST_TEST(set("a", "1") == Outcome::stored);
    BOOST_TEST(set("a", "2") == Outcome::stored);
    BOOST_TEST(get("a") == "2");
}

BOOST_FIXTURE_TEST_CASE(set_with_a_negative_expiry_is_over_at_once, Execution)
{
    set("a", "1");
    BOOST_TEST(set("a", "2", -1) == Outcome::stored);
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(the_expiry_counts_from_the_execution, Execution)
{
    mc::Put put = put_of(Mode::set, "a", "1", 10);
    clock.advance(seconds(5));
    BOOST_TEST(outcome(std::move(put)) == Outcome::stored);
    clock.advance(seconds(9));
    BOOST_TEST(get("a") == "1");
    clock.advance(seconds(1));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(add_stores_only_where_nothing_is, Execution)
{
    BOOST_TEST(store_as(Mode::add, "a", "1") == Outcome::stored);
    BOOST_TEST(store_as(Mode::add, "a", "2") == Outcome::not_stored);
    BOOST_TEST(get("a") == "1");
}

BOOST_FIXTURE_TEST_CASE(add_stores_over_what_has_expired, Execution)
{
    set("a", "1", 1);
    clock.advance(seconds(1));
    BOOST_TEST(store_as(Mode::add, "a", "2") == Outcome::stored);
    BOOST_TEST(get("a") == "2");
}

BOOST_FIXTURE_TEST_CASE(replace_stores_only_where_something_is, Execution)
{
    BOOST_TEST(store_as(Mode::replace, "a", "1") == Outcome::not_stored);
    BOOST_TEST(get("a") == "<none>");
    set("a", "1");
    BOOST_TEST(store_as(Mode::replace, "a", "2") == Outcome::stored);
    BOOST_TEST(get("a") == "2");
}

BOOST_FIXTURE_TEST_CASE(append_and_prepend_join_to_what_there_is, Execution)
{
    set("a", "middle");
    BOOST_TEST(store_as(Mode::append, "a", ">") == Outcome::stored);
    BOOST_TEST(store_as(Mode::prepend, "a", "<") == Outcome::stored);
    BOOST_TEST(get("a") == "<middle>");
}

BOOST_FIXTURE_TEST_CASE(append_and_prepend_to_nothing_store_nothing, Execution)
{
    BOOST_TEST(store_as(Mode::append, "a", "x") == Outcome::not_stored);
    BOOST_TEST(store_as(Mode::prepend, "a", "x") == Outcome::not_stored);
    BOOST_TEST(size() == 0U);
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(append_ignores_new_flags_and_a_new_expiry, Execution)
{
    mc::Put first = put_of(Mode::set, "a", "1", 10);
    first.flags = 7;
    run(std::move(first));
    const auto cas = cas_of("a");
    mc::Put piece = put_of(Mode::append, "a", "2", 1000);
    piece.flags = 8;
    BOOST_TEST(outcome(std::move(piece)) == Outcome::stored);
    const auto found = std::get<Found>(run("a", mc::Get{}));
    BOOST_TEST(found.item->flags == 7U);
    BOOST_TEST(found.cas > cas);
    clock.advance(seconds(10));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(a_draft_that_is_not_stored_is_given_back, Execution)
{
    set("a", "1");
    const std::size_t used = store.budget().used();
    store_as(Mode::add, "a", std::string(1000, 'x'));
    store_as(Mode::replace, "b", std::string(1000, 'x'));
    cas("a", std::string(1000, 'x'), cas_of("a") + 1);
    BOOST_TEST(store.budget().used() == used);
    BOOST_TEST(bytes() == used);
}

// --- cas ---

BOOST_FIXTURE_TEST_CASE(cas_stores_what_nobody_has_changed, Execution)
{
    set("a", "1");
    const auto number = cas_of("a");
    BOOST_TEST(cas("a", "2", number) == Outcome::stored);
    BOOST_TEST(get("a") == "2");
    BOOST_TEST(cas_of("a") != number);
}

BOOST_FIXTURE_TEST_CASE(cas_refuses_what_somebody_has_changed, Execution)
{
    set("a", "1");
    const auto number = cas_of("a");
    set("a", "2");
    BOOST_TEST(cas("a", "3", number) == Outcome::exists);
    BOOST_TEST(get("a") == "2");
}

BOOST_FIXTURE_TEST_CASE(cas_of_nothing_is_not_found, Execution)
{
    BOOST_TEST(cas("a", "1", 1) == Outcome::not_found);
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(a_number_does_not_survive_a_delete, Execution)
{
    set("a", "1");
    const auto number = cas_of("a");
    run("a", mc::Delete{});
    BOOST_TEST(cas("a", "2", number) == Outcome::not_found);
    set("a", "1");
    BOOST_TEST(cas("a", "2", number) == Outcome::exists);
}

BOOST_FIXTURE_TEST_CASE(the_three_ends_of_a_cas_are_counted, Execution)
{
    set("a", "1");
    cas("a", "2", cas_of("a"));
    cas("a", "3", cas_of("a") + 100);
    cas("b", "1", 1);
    BOOST_TEST(counters().cas.hits == 1U);
    BOOST_TEST(counters().cas_badval == 1U);
    BOOST_TEST(counters().cas.misses == 1U);
}

// --- delete ---

BOOST_FIXTURE_TEST_CASE(delete_drops_what_is_stored, Execution)
{
    set("a", "1");
    BOOST_TEST(outcome("a", mc::Delete{}) == Outcome::deleted);
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(outcome("a", mc::Delete{}) == Outcome::not_found);
    BOOST_TEST(counters().del.hits == 1U);
    BOOST_TEST(counters().del.misses == 1U);
}

// --- arithmetic ---

namespace {

struct Counting : Execution {
    std::uint64_t incr(std::uint64_t delta)
    {
        return std::get<Number>(run("n", Arithmetic{delta, false})).value;
    }
    std::uint64_t decr(std::uint64_t delta)
    {
        return std::get<Number>(run("n", Arithmetic{delta, true})).value;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(numbers_count_up_and_down, Counting)
{
    set("n", "10");
    BOOST_TEST(incr(5) == 15U);
    BOOST_TEST(decr(3) == 12U);
    BOOST_TEST(incr(0) == 12U);
    BOOST_TEST(get("n") == "12");
}

BOOST_FIXTURE_TEST_CASE(adding_wraps_around_at_64_bits, Counting)
{
    set("n", "18446744073709551615");
    BOOST_TEST(incr(1) == 0U);
    set("n", "18446744073709551610");
    BOOST_TEST(incr(10) == 4U);
}

BOOST_FIXTURE_TEST_CASE(subtracting_stops_at_zero, Counting)
{
    set("n", "5");
    BOOST_TEST(decr(6) == 0U);
    BOOST_TEST(decr(UINT64_MAX) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_number_grows_by_a_digit, Counting)
{
    set("n", "99");
    BOOST_TEST(incr(1) == 100U);
    BOOST_TEST(get("n") == "100");
}

BOOST_FIXTURE_TEST_CASE(a_number_that_loses_a_digit_is_filled_up_with_blanks, Counting)
{
    set("n", "100");
    BOOST_TEST(decr(1) == 99U);
    BOOST_TEST(get("n") == "99 ");
    BOOST_TEST(decr(9) == 90U);
    BOOST_TEST(get("n") == "90 ");
}

BOOST_FIXTURE_TEST_CASE(counting_keeps_flags_and_expiry_and_changes_the_cas_number, Counting)
{
    mc::Put put = put_of(Mode::set, "n", "1", 10);
    put.flags = 7;
    run(std::move(put));
    const auto cas = cas_of("n");
    BOOST_TEST(incr(1) == 2U);
    BOOST_TEST(cas_of("n") > cas);
    BOOST_TEST(std::get<Found>(run("n", mc::Get{})).item->flags == 7U);
    clock.advance(seconds(10));
    BOOST_TEST(get("n") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_number_cannot_be_counted_and_stays, Counting)
{
    for (const std::string_view text :
         {"", "x", "1x", "-1", "1.5", "18446744073709551616", "99999999999999999999999"}) {
        set("n", text);
        BOOST_TEST(outcome("n", Arithmetic{1, false}) == Outcome::not_a_number, text);
        BOOST_TEST(get("n") == text);
    }
}

BOOST_FIXTURE_TEST_CASE(nothing_cannot_be_counted, Counting)
{
    BOOST_TEST(outcome("n", Arithmetic{1, false}) == Outcome::not_found);
    BOOST_TEST(outcome("n", Arithmetic{1, true}) == Outcome::not_found);
    BOOST_TEST(size() == 0U);
    BOOST_TEST(counters().incr.misses == 1U);
    BOOST_TEST(counters().decr.misses == 1U);
}

// --- touch ---

BOOST_FIXTURE_TEST_CASE(touch_gives_a_new_expiry, Execution)
{
    set("a", "1", 10);
    clock.advance(seconds(5));
    BOOST_TEST(outcome("a", mc::Touch{memcached_expiry(20)}) == Outcome::touched);
    clock.advance(seconds(19));
    BOOST_TEST(get("a") == "1");
    clock.advance(seconds(1));
    BOOST_TEST(get("a") == "<none>");
}

BOOST_FIXTURE_TEST_CASE(touch_of_nothing_is_not_found, Execution)
{
    BOOST_TEST(outcome("a", mc::Touch{{}}) == Outcome::not_found);
    BOOST_TEST(counters().touch.misses == 1U);
}

// --- flush ---

BOOST_FIXTURE_TEST_CASE(flush_without_a_delay_drops_everything_now, Execution)
{
    set("a", "1");
    BOOST_TEST(outcome(mc::Flush{}) == Outcome::ok);
    BOOST_TEST(get("a") == "<none>");
    set("a", "2");
    BOOST_TEST(get("a") == "2");
    BOOST_TEST(counters().flush == 1U);
}

BOOST_FIXTURE_TEST_CASE(flush_with_a_delay_drops_everything_then, Execution)
{
    set("a", "1");
    BOOST_TEST(outcome(mc::Flush{memcached_expiry(10)}) == Outcome::ok);
    clock.advance(seconds(9));
    BOOST_TEST(get("a") == "1");
    clock.advance(seconds(1));
    BOOST_TEST(get("a") == "<none>");
}

// --- the rest ---

BOOST_FIXTURE_TEST_CASE(the_version_is_this_servers, Execution)
{
    BOOST_TEST(std::get<mc::VersionText>(run(mc::Version{})).text == kv::memcached_version);
    BOOST_TEST(!kv::memcached_version.empty());
}

BOOST_FIXTURE_TEST_CASE(a_rejected_request_is_answered_with_its_text, Execution)
{
    BOOST_TEST(std::get<kv::Refusal>(run(kv::Reject{"ERROR"})).text == "ERROR");
}

BOOST_FIXTURE_TEST_CASE(nothing_is_answered_with_nothing, Execution)
{
    BOOST_TEST(outcome(kv::NoOp{}) == Outcome::no_reply);
}

BOOST_FIXTURE_TEST_CASE(a_shutdown_that_is_not_permitted_is_refused, Execution)
{
    BOOST_TEST(outcome(mc::Shutdown{}) == Outcome::not_allowed);
}

BOOST_FIXTURE_TEST_CASE(the_memory_limit_can_be_changed, Execution)
{
    BOOST_TEST(outcome(mc::SetMemoryLimit{500}) == Outcome::ok);
    BOOST_TEST(store.budget().limit() == 500U);
    BOOST_TEST(!store.draft(store.hashed("a"), 1000).has_value());
}

// --- out of memory: the reply says so, and everything is as before ---

BOOST_FIXTURE_TEST_CASE(an_append_that_does_not_fit_changes_nothing, SmallExecution)
{
    set("a", std::string(100, 'a'));
    set("b", std::string(100, 'b'));
    BOOST_TEST(store_as(Mode::append, "a", "more") == Outcome::out_of_memory);
    BOOST_TEST(get("a") == std::string(100, 'a'));
    BOOST_TEST(store.budget().used() == bytes());
}

BOOST_FIXTURE_TEST_CASE(a_count_that_does_not_fit_changes_nothing, SmallExecution)
{
    set("n", "1");
    set("b", std::string(100, 'b'));
    const auto rest = store.budget().limit() - store.budget().used() - Item::footprint(1, 0);
    set("c", std::string(rest, 'c'));
    BOOST_TEST(outcome("n", Arithmetic{1, false}) == Outcome::out_of_memory);
    BOOST_TEST(get("n") == "1");
    BOOST_TEST(store.budget().used() == bytes());
}

BOOST_FIXTURE_TEST_CASE(a_count_gives_up_expired_items_for_its_room, SmallExecution)
{
    set("n", "1");
    set("old", std::string(380, 'o'), 10);
    clock.advance(seconds(10));
    BOOST_TEST(std::get<Number>(run("n", Arithmetic{1, false})).value == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
