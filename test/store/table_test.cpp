#define BOOST_TEST_MODULE table
#include "server/store/table.h"
#include "server/store/walk.h"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {
std::size_t allocations = 0;
}

// Not inlined, or gcc sees a free() of what operator new gave and warns.
[[gnu::noinline]] void* operator new(std::size_t bytes)
{
    ++allocations;
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept
{
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

#ifdef KV_SANITIZED
constexpr bool has_glibc_malloc = false;
#else
constexpr bool has_glibc_malloc = true;
#endif

namespace {

using kv::Item;
using kv::ItemPtr;
using kv::Table;

struct Keys {
    kv::KeyHash hash;
    std::unique_ptr<Table> table = std::make_unique<Table>();

    kv::NewItem item(std::string_view key, std::string_view value = "v") const
    {
        kv::NewItem made = Item::make(key, hash(key).hash, value.size());
        std::memcpy(made->room().data(), value.data(), value.size());
        return made;
    }
    /// What put gave back: the value replaced, or "<new>".
    std::string put(std::string_view key, std::string_view value = "v")
    {
        const ItemPtr replaced = table->put(item(key, value), {});
        return replaced ? std::string(replaced->value()) : "<new>";
    }
    std::string get(std::string_view key)
    {
        const kv::Row row = table->find(hash(key));
        return row ? std::string(row->value()) : "<none>";
    }
    void put_many(int count)
    {
        for (int i = 0; i < count; ++i) put("key:" + std::to_string(i));
    }
    /// How often a walk from the start visits each key.
    std::map<std::string, int> walk()
    {
        std::map<std::string, int> visits;
        Table::Cursor cursor;
        while (table->visit_bucket(
            cursor, [&](const kv::Row& row) { ++visits[std::string(row->key())]; })) {
        }
        return visits;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_table_finds_nothing, Keys)
{
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(table->size() == 0U);
    BOOST_TEST(!table->erase(hash("a")));
}

BOOST_FIXTURE_TEST_CASE(what_is_put_is_found, Keys)
{
    BOOST_TEST(put("a", "1") == "<new>");
    BOOST_TEST(put("b", "2") == "<new>");
    BOOST_TEST(get("a") == "1");
    BOOST_TEST(get("b") == "2");
    BOOST_TEST(table->size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(putting_again_gives_back_what_was_replaced, Keys)
{
    put("a", "1");
    BOOST_TEST(put("a", "2") == "1");
    BOOST_TEST(get("a") == "2");
    BOOST_TEST(table->size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_key_of_a_replaced_item_may_go, Keys)
{
    put("a", "1");
    table->put(item("a", "2"), {});
    const std::string another_a(1, 'a');
    BOOST_TEST(get(another_a) == "2");
}

BOOST_FIXTURE_TEST_CASE(usage_is_that_of_the_last_put, Keys)
{
    kv::Usage used;
    used.last_access = 1;
    used.fetched = true;
    table->put(item("a"), used);
    BOOST_TEST(table->find(hash("a")).usage().last_access == 1U);
    BOOST_TEST(table->find(hash("a")).usage().fetched);
    used.last_access = 2;
    used.fetched = false;
    table->put(item("a"), used);
    BOOST_TEST(table->find(hash("a")).usage().last_access == 2U);
    BOOST_TEST(!table->find(hash("a")).usage().fetched);
}

BOOST_FIXTURE_TEST_CASE(replacing_allocates_nothing, Keys)
{
    put_many(1000);
    kv::NewItem again = item("key:500", "new");
    const std::size_t before = allocations;
    const ItemPtr replaced = table->put(std::move(again), {});
    BOOST_TEST(allocations == before);
    BOOST_TEST(get("key:500") == "new");
}

BOOST_FIXTURE_TEST_CASE(erasing_gives_back_the_item, Keys)
{
    put("a", "1");
    put("b", "2");
    const ItemPtr erased = table->erase(hash("a"));
    BOOST_TEST(erased->value() == "1");
    BOOST_TEST(get("a") == "<none>");
    BOOST_TEST(get("b") == "2");
    BOOST_TEST(table->size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(keys_with_equal_hashes_are_told_apart, Keys)
{
    table->put(Item::make("one", 42, 0), {});
    table->put(Item::make("two", 42, 1), {});
    BOOST_TEST(table->size() == 2U);
    BOOST_TEST(table->find({"one", 42})->value().size() == 0U);
    BOOST_TEST(table->find({"two", 42})->value().size() == 1U);
    BOOST_TEST(!table->find({"six", 42}));
}

BOOST_FIXTURE_TEST_CASE(a_row_stays_where_it_is_while_the_table_grows, Keys)
{
    put("a", "1");
    const kv::Row row = table->find(hash("a"));
    const std::size_t before = table->place(0, 0).buckets;
    put_many(20'000);
    BOOST_TEST(table->place(0, 0).buckets > before);
    BOOST_TEST((table->find(hash("a")) == row));
    BOOST_TEST(row->value() == "1");
}

BOOST_FIXTURE_TEST_CASE(a_walk_visits_every_row, Keys)
{
    put_many(5000);
    const auto visits = walk();
    BOOST_TEST(visits.size() == 5000U);
    for (const auto& [key, times] : visits) BOOST_REQUIRE(times == 1);
}

BOOST_FIXTURE_TEST_CASE(a_walk_of_an_empty_table_ends, Keys)
{
    BOOST_TEST(walk().empty());
}

BOOST_FIXTURE_TEST_CASE(the_cursor_is_back_at_the_start_after_a_walk, Keys)
{
    put_many(10);
    Table::Cursor cursor;
    while (table->visit_bucket(cursor, [](const kv::Row&) {})) {
    }
    BOOST_TEST(cursor.shard == 0U);
    BOOST_TEST(cursor.bucket == 0U);
}

// Rows that come and go during a walk may be seen or not; those that stay are seen.
BOOST_FIXTURE_TEST_CASE(a_walk_during_growth_misses_no_row, Keys)
{
    put_many(2000);
    std::map<std::string, int> visits;
    int next = 2000;
    Table::Cursor cursor;
    for (bool more = true; more;) {
        more = table->visit_bucket(cursor,
                                   [&](const kv::Row& row) { ++visits[std::string(row->key())]; });
        if (next < 12'000) {
            put("key:" + std::to_string(next));
            table->erase(hash("key:" + std::to_string(next)));
            put("kept:" + std::to_string(next++));
        }
    }
    for (int i = 0; i < 2000; ++i) BOOST_REQUIRE(visits["key:" + std::to_string(i)] > 0);
}

BOOST_FIXTURE_TEST_CASE(a_place_by_chance_is_a_place_in_the_table, Keys)
{
    put_many(1000);
    std::size_t visits = 0;
    for (std::size_t a = 0; a < 100; ++a) {
        Table::Cursor cursor = table->place(a * 7919, SIZE_MAX - a);
        (void)table->visit_bucket(cursor, [&](const kv::Row&) { ++visits; });
    }
    BOOST_TEST(visits > 0U);
}

BOOST_FIXTURE_TEST_CASE(the_table_shrinks_to_nothing_again, Keys)
{
    put_many(1000);
    for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(table->erase(hash("key:" + std::to_string(i))));
    BOOST_TEST(table->size() == 0U);
    BOOST_TEST(walk().empty());
}

// What items are counted as is what they cost, table included.
BOOST_FIXTURE_TEST_CASE(the_footprints_add_up_to_the_memory_taken, Keys)
{
    if (!has_glibc_malloc) return;
    const std::size_t before = mallinfo2().uordblks;
    std::size_t counted = 0;
    for (int i = 0; i < 300'000; ++i) {
        kv::NewItem one = item("some-key-" + std::to_string(1'000'000 + i), std::string(100, 'v'));
        counted += one->footprint();
        table->put(std::move(one), {});
    }
    const auto taken = static_cast<double>(mallinfo2().uordblks - before);
    BOOST_TEST(taken > 0.93 * static_cast<double>(counted));
    BOOST_TEST(taken < 1.07 * static_cast<double>(counted));
}

BOOST_FIXTURE_TEST_CASE(a_key_is_at_the_place_of_its_hash, Keys)
{
    put_many(20'000);
    for (int i = 0; i < 20'000; i += 100) {
        const std::string name = "key:" + std::to_string(i);
        const kv::HashedKey key = hash(name);
        Table::Cursor bucket = table->place(Table::shard_number(key.hash), key.hash);
        bool met = false;
        table->visit_bucket(bucket,
                            [&](const kv::Row& row) { met = met || row->key() == key.bytes; });
        BOOST_TEST(met);
    }
}

BOOST_FIXTURE_TEST_CASE(looking_ahead_takes_any_keys_and_changes_nothing, Keys)
{
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i) names.push_back("key:" + std::to_string(i));
    std::vector<kv::HashedKey> ahead;
    for (const std::string& name : names) ahead.push_back(hash(name));
    table->prefetch({});
    table->prefetch(ahead);
    BOOST_TEST(table->size() == 0U);
    put_many(50);
    const std::size_t before = allocations;
    table->prefetch(ahead);
    BOOST_TEST(allocations == before);
    BOOST_TEST(table->size() == 50U);
    BOOST_TEST(walk().size() == 50U);
}
