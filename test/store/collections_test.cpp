// How collections change by edits, what goes with them, and what they are charged for.
#include "server/store/edit.h"

#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

#include <malloc.h>

BOOST_AUTO_TEST_SUITE(collections_test)

#ifdef KV_SANITIZED
constexpr bool has_glibc_malloc = false;
#else
constexpr bool has_glibc_malloc = true;
#endif

namespace {

using kv::Bytes;
using kv::End;
using kv::Hash;
using kv::List;
using kv::Opened;
using kv::Transaction;

/// A store, and a collection in it.
struct Collections : kv::test::StoreTalk {
    const kv::HashedKey key = store.hashed("collection");

    template <class Edit>
    void apply(const Edit& edit)
    {
        Transaction transaction(store);
        Opened<typename Edit::Of>(transaction, key).apply(edit);
    }

    void push(const std::string& text) { apply(kv::Push{End::back, Bytes::make(text)}); }

    std::string list()
    {
        std::string all;
        Transaction transaction(store);
        const Opened<List> list(transaction, key);
        for (std::size_t i = 0; i < list.size(); ++i) {
            all += std::string(list->elements()[i]->view()) + " ";
        }
        return all;
    }

    /// As a member of a hash, a set or a sorted set.
    template <class Value>
    kv::Entry<Value> member(const std::string& name, Value value) const
    {
        return {Bytes::make(name), store.hashed(name).hash, std::move(value)};
    }
};

std::string nth(int n)
{
    return "element:" + std::to_string(1'000'000 + n);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_list_changes_at_its_ends_and_amid, Collections)
{
    push("b");
    apply(kv::Push{End::front, Bytes::make("a")});
    push("d");
    BOOST_TEST(list() == "a b d ");
    apply(kv::InsertAt{2, Bytes::make("c")});
    apply(kv::SetAt{0, Bytes::make("A")});
    BOOST_TEST(list() == "A b c d ");
    apply(kv::Pop{End::front});
    apply(kv::Pop{End::back});
    BOOST_TEST(list() == "b c ");
}

BOOST_FIXTURE_TEST_CASE(elements_in_a_row_or_here_and_there_are_removed, Collections)
{
    for (int i = 0; i < 10; ++i) push(std::to_string(i));
    apply(kv::RemovePlaces{{0, 3, 4, 9}});
    BOOST_TEST(list() == "1 2 5 6 7 8 ");
    apply(kv::RemoveAt{1, 3});
    BOOST_TEST(list() == "1 7 8 ");
    apply(kv::RemovePlaces{{1}});
    BOOST_TEST(list() == "1 8 ");
    apply(kv::RemovePlaces{{0, 1}});
    BOOST_TEST(size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_last_element_takes_the_collection_with_it, Collections)
{
    const std::size_t before = bytes();
    push("a");
    BOOST_TEST(size() == 1U);
    BOOST_TEST(bytes() > before);
    apply(kv::Pop{End::front});
    BOOST_TEST(size() == 0U);
    BOOST_TEST(bytes() == before);
    BOOST_TEST(store.budget().used() == before);
}

BOOST_FIXTURE_TEST_CASE(a_value_of_another_type_is_left_alone, Collections)
{
    put("collection", "text");
    {
        Transaction transaction(store);
        const Opened<List> list(transaction, key);
        BOOST_TEST(list.is_wrong_type());
        BOOST_TEST(!list);
        BOOST_TEST(list.size() == 0U);
    }
    BOOST_TEST(get("collection") == "text");
}

BOOST_FIXTURE_TEST_CASE(an_edit_keeps_the_expiry_and_changes_the_cas_number, Collections)
{
    push("a");
    BOOST_REQUIRE(touch("collection", in(std::chrono::hours(1))));
    const std::uint64_t cas = cas_of("collection");
    push("b");
    BOOST_TEST(expiring() == 1U);
    BOOST_TEST(cas_of("collection") != cas);
    clock.advance(std::chrono::hours(2));
    BOOST_TEST(list() == "");
}

/// A list against a vector, over its growth to some thousand elements and back.
BOOST_FIXTURE_TEST_CASE(a_list_does_what_a_vector_does, Collections)
{
    std::mt19937 random(1);
    std::vector<std::string> model;
    Transaction transaction(store);
    Opened<List> list(transaction, key);
    for (int step = 0; step < 4000; ++step) {
        const bool grows = step < 2500;
        const std::size_t place = model.empty() ? 0 : random() % model.size();
        if (model.empty() || random() % 8 < (grows ? 7U : 1U)) {
            model.insert(model.begin() + static_cast<std::ptrdiff_t>(place), nth(step));
            list.apply(kv::InsertAt{place, Bytes::make(nth(step))});
        } else {
            const std::size_t count = std::min<std::size_t>(1 + random() % 4, model.size() - place);
            std::vector<std::size_t> places;
            for (std::size_t i = 0; i < count; i += 2) places.push_back(place + i);
            for (auto i = places.rbegin(); i != places.rend(); ++i) {
                model.erase(model.begin() + static_cast<std::ptrdiff_t>(*i));
            }
            list.apply(kv::RemovePlaces{places});
        }
        BOOST_REQUIRE(list.size() == model.size());
        if (step % 100 != 0) continue;
        for (std::size_t i = 0; i < model.size(); ++i) {
            BOOST_REQUIRE(list->elements()[i]->view() == model[i]);
        }
    }
}

// --- what is charged is what the heap has given ---

namespace {

std::size_t taken_of_heap()
{
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

struct Charged : Collections {
    static constexpr int many = 100'000;
    const std::size_t before = taken_of_heap();

    /// Within a tenth.
    void check() const
    {
        if (!has_glibc_malloc) return;
        const auto taken = static_cast<double>(taken_of_heap() - before);
        const auto charged = static_cast<double>(store.budget().used());
        BOOST_TEST(charged > 0.9 * taken, "charged " << charged << " for " << taken);
        BOOST_TEST(charged < 1.1 * taken, "charged " << charged << " for " << taken);
    }

    /// Fills a collection, takes most of it out and then drops it.
    template <class Add, class Remove>
    void check_all(Add add, Remove remove)
    {
        for (int i = 0; i < many; ++i) add(i);
        check();
        for (int i = 0; i < many - many / 10; ++i) remove(i);
        check();
        BOOST_TEST(erase("collection"));
        BOOST_TEST(store.budget().used() == 0U);
        BOOST_TEST(bytes() == 0U);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_list_is_charged_for_what_it_takes, Charged)
{
    check_all([&](int i) { push(nth(i)); }, [&](int) { apply(kv::Pop{End::front}); });
}

BOOST_FIXTURE_TEST_CASE(a_list_that_is_a_queue_is_charged_for_what_it_takes, Charged)
{
    constexpr int length = 10'000;
    for (int i = 0; i < length; ++i) push(nth(i));
    for (int i = 0; i < many; ++i) {
        push(nth(i));
        apply(kv::Pop{End::front});
    }
    check();
    for (int i = 0; i < length; ++i) apply(kv::Pop{End::back});
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_hash_is_charged_for_what_it_takes, Charged)
{
    check_all([&](int i) { apply(kv::SetField{member(nth(i), Bytes::make("value"))}); },
              [&](int i) { apply(kv::RemoveField{store.hashed(nth(i))}); });
}

BOOST_FIXTURE_TEST_CASE(a_set_is_charged_for_what_it_takes, Charged)
{
    check_all([&](int i) { apply(kv::AddMember{member(nth(i), kv::NoValue())}); },
              [&](int i) { apply(kv::RemoveMember{store.hashed(nth(i))}); });
}

BOOST_FIXTURE_TEST_CASE(a_sorted_set_is_charged_for_what_it_takes, Charged)
{
    check_all([&](int i) { apply(kv::SetScore{member(nth(i), i * 0.5)}); },
              [&](int i) { apply(kv::RemoveScored{store.hashed(nth(i))}); });
}

// Most collections are small, and of each there are many.
BOOST_FIXTURE_TEST_CASE(small_collections_are_charged_for_what_they_take, Charged)
{
    for (int i = 0; i < 5000; ++i) {
        const std::string list = "list:" + nth(i);
        const std::string hash = "hash:" + nth(i);
        Transaction transaction(store);
        Opened<List> opened(transaction, store.hashed(list));
        Opened<Hash> fields(transaction, store.hashed(hash));
        for (int j = 0; j < 5; ++j) {
            opened.apply(kv::Push{End::back, Bytes::make(nth(j))});
            fields.apply(kv::SetField{member(nth(j), Bytes::make("value"))});
        }
    }
    check();
    flush(clock.now());
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
