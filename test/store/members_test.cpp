// What hashes, sets and sorted sets keep their members in, against a map.
#include "server/store/collection.h"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(members_test)

#ifdef KV_SANITIZED
constexpr bool has_glibc_malloc = false;
#else
constexpr bool has_glibc_malloc = true;
#endif

namespace {

using kv::Bytes;
using kv::BytesPtr;
using Fields = kv::Members<BytesPtr>;

std::string nth(int n)
{
    return "name:" + std::to_string(n);
}

/// Fields, and what they should be.
struct Pair {
    void set(const std::string& name, const std::string& value)
    {
        const kv::HashedKey key = hash(name);
        model[name] = value;
        if (const Fields::Member* present = fields.find(key)) {
            (void)fields.replace(*present, Bytes::make(value));
        } else {
            fields.add({Bytes::make(name), key.hash, Bytes::make(value)});
        }
    }

    /// Whether it was there.
    bool remove(const std::string& name)
    {
        const kv::HashedKey key = hash(name);
        if (model.erase(name) == 0) return fields.find(key) != nullptr;
        const Fields::Member removed = fields.remove(key);
        BOOST_TEST(removed.name->view() == name);
        return true;
    }

    void add_many(int from, int to)
    {
        for (int i = from; i < to; ++i) set(nth(i), "v");
    }

    void check() const
    {
        BOOST_REQUIRE(fields.size() == model.size());
        std::map<std::string, std::string> seen;
        fields.for_each([&](const Fields::Member& field) {
            seen.emplace(field.name->view(), field.value->view());
        });
        BOOST_TEST((seen == model));
        for (const auto& [name, value] : model) {
            const Fields::Member* field = fields.find(hash(name));
            BOOST_REQUIRE(field != nullptr);
            BOOST_TEST(field->value->view() == value);
        }
        BOOST_TEST(fields.find(hash("none")) == nullptr);
    }

    /// What a walk to the end visits; between two buckets `meanwhile` happens.
    template <class Meanwhile>
    std::set<std::string> walk(Meanwhile meanwhile)
    {
        std::set<std::string> seen;
        kv::Table::Cursor cursor;
        while (fields.visit_bucket(
            cursor, [&](const Fields::Member& field) { seen.emplace(field.name->view()); })) {
            meanwhile();
        }
        return seen;
    }

    kv::KeyHash hash;
    Fields fields;
    std::map<std::string, std::string> model;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(they_do_what_a_map_does, Pair)
{
    std::mt19937 random(1);
    // Few names stay a flat list; then they are a table of one shard, one of many, and few again.
    const std::vector<std::pair<int, int>> phases{
        {100, 6}, {700, 6}, {6000, 9}, {6000, 1}, {50, 5}};
    for (const auto& [names, adds] : phases) {
        for (int step = 0; step < 20'000; ++step) {
            const std::string name = nth(static_cast<int>(random() % static_cast<unsigned>(names)));
            if (random() % 10 < static_cast<unsigned>(adds)) {
                set(name, std::to_string(step));
            } else {
                const bool is_there = model.contains(name);
                BOOST_TEST(remove(name) == is_there);
            }
        }
        BOOST_TEST((fields.flat() != nullptr) == (names == 100));
        check();
    }
    while (!model.empty()) remove(std::string(model.begin()->first));
    check();
    add_many(0, 10);
    check();
}

BOOST_FIXTURE_TEST_CASE(a_flat_list_keeps_its_order, Pair)
{
    for (const char* name : {"c", "a", "d", "b"}) set(name, "1");
    set("a", "2");
    remove("d");
    const kv::HashedKey key = hash("e");
    fields.add({Bytes::make("e"), key.hash, Bytes::make("1")}, 1);
    std::string order;
    for (const Fields::Member& field : *fields.flat()) order += field.name->view();
    BOOST_TEST(order == "ceab");
}

BOOST_AUTO_TEST_CASE(too_many_or_too_long_a_name_or_value_makes_a_table)
{
    const std::string longest(64, 'x');
    Pair many;
    many.add_many(0, 127);
    many.set(longest, longest);
    BOOST_TEST(many.fields.flat() != nullptr);
    many.set("one", "more");
    BOOST_TEST(many.fields.flat() == nullptr);
    many.check();
    Pair name;
    name.set(longest + "x", "v");
    BOOST_TEST(name.fields.flat() == nullptr);
    Pair value;
    value.set("a", "v");
    value.set("b", "v");
    value.set("a", longest + "x");
    BOOST_TEST(value.fields.flat() == nullptr);
    value.check();
    value.set("a", "v");
    value.remove("b");
    BOOST_TEST(value.fields.flat() == nullptr);  // which it stays
    value.check();
}

BOOST_AUTO_TEST_CASE(what_stays_is_visited_while_others_come_and_go)
{
    for (const int stay : {10, 200, 1000, 3000}) {
        Pair pair;
        pair.add_many(0, stay);
        if (pair.fields.flat() != nullptr) pair.fields.become_table();
        int next = stay;
        auto seen = pair.walk([&] {
            if (next < 20'000) pair.add_many(next, next + 50);
            next += 50;
        });
        for (int i = 0; i < stay; ++i) BOOST_TEST(seen.contains(nth(i)));
        next = stay;
        seen = pair.walk([&] {
            for (int i = 0; i < 50 && next < 20'000; ++i) pair.remove(nth(next++));
        });
        for (int i = 0; i < stay; ++i) BOOST_TEST(seen.contains(nth(i)));
    }
}

BOOST_FIXTURE_TEST_CASE(a_walk_may_begin_at_any_cursor, Pair)
{
    for (const int count : {10, 200, 2000}) {
        add_many(0, count);
        for (std::size_t shard = 0; shard < kv::Table::shards; ++shard) {
            kv::Table::Cursor cursor{shard, shard * 7, shard * 13};
            while (fields.visit_bucket(cursor, [](const Fields::Member&) {})) {
            }
        }
    }
}

// So no member is preferred much, be it alone in its bucket or one of four.
BOOST_AUTO_TEST_CASE(any_is_each_of_them_about_as_often)
{
    for (const int count : {1, 10, 200, 2000}) {
        Pair pair;
        pair.add_many(0, 8 * count);
        for (int i = count; i < 8 * count; ++i) pair.remove(nth(i));
        std::mt19937 random(1);
        std::map<std::string, int> drawn;
        for (int i = 0; i < 200 * count; ++i)
            ++drawn[std::string(pair.fields.any(random).name->view())];
        BOOST_TEST(drawn.size() == static_cast<std::size_t>(count));
        for (const auto& [name, times] : drawn) {
            BOOST_TEST(times > 80);
            BOOST_TEST(times < 350);
        }
    }
}

// But for what the allocator keeps, or gives in blocks that are 16 bytes too long.
BOOST_AUTO_TEST_CASE(the_footprint_is_what_the_heap_gets_back)
{
    if (!has_glibc_malloc) return;
    for (const int count : {128, 129, 1000, 1025, 20'000}) {
        const kv::KeyHash hash;
        auto fields = std::make_unique<kv::Hash>();
        for (int i = 0; i < count; ++i) {
            const std::string name = nth(i);
            fields->add({Bytes::make(name), hash(name).hash, Bytes::make("value")});
        }
        const auto told = static_cast<double>(fields->footprint());
        const std::size_t before = mallinfo2().uordblks;
        fields.reset();
        const auto given_back = static_cast<double>(before - mallinfo2().uordblks);
        BOOST_TEST_CONTEXT(count << " fields")
        {
            BOOST_TEST(told == given_back, boost::test_tools::tolerance(0.2));
        }
    }
}

// A session's data, say: longer than a flat list takes.
BOOST_AUTO_TEST_CASE(a_table_of_one_is_small)
{
    kv::Set set;
    kv::KeyHash hash;
    const std::string name(100, 'x');
    set.add({Bytes::make(name), hash(name).hash, {}});
    BOOST_TEST(set.footprint() < 700U);
}

BOOST_AUTO_TEST_SUITE_END()
