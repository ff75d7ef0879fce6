#include "server/store/item.h"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(item_test)

using kv::Item;
using kv::NewItem;

#ifdef KV_SANITIZED
constexpr bool has_glibc_malloc = false;
#else
constexpr bool has_glibc_malloc = true;
#endif

namespace {

NewItem item_with(std::string_view key, std::string_view value)
{
    NewItem item = Item::make(key, 7, value.size());
    std::memcpy(item->room().data(), value.data(), value.size());
    return item;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_item_has_its_key_its_hash_and_its_value)
{
    const NewItem item = item_with("greeting", "hello");
    BOOST_TEST(item->key() == "greeting");
    BOOST_TEST(item->value() == "hello");
    BOOST_TEST(item->hash() == 7U);
}

BOOST_AUTO_TEST_CASE(a_new_item_never_expires_and_has_no_flags)
{
    const NewItem item = item_with("k", "v");
    BOOST_TEST((item->expires == kv::never));
    BOOST_TEST(item->flags == 0U);
    BOOST_TEST(item->cas == 0U);
    BOOST_TEST((item->type == kv::ItemType::bytes));
}

BOOST_AUTO_TEST_CASE(the_key_is_copied)
{
    std::string key = "key";
    const NewItem item = item_with(key, "v");
    key[0] = 'X';
    BOOST_TEST(item->key() == "key");
}

BOOST_AUTO_TEST_CASE(keys_and_values_are_any_bytes)
{
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    const NewItem item = item_with(all, all);
    BOOST_TEST((item->key() == all));
    BOOST_TEST((item->value() == all));
}

BOOST_AUTO_TEST_CASE(the_shortest_key_and_the_empty_value_fit)
{
    const NewItem item = item_with("k", "");
    BOOST_TEST(item->key() == "k");
    BOOST_TEST(item->value() == "");
    BOOST_TEST(item->room().empty());
}

BOOST_AUTO_TEST_CASE(the_longest_key_fits)
{
    const std::string key(kv::max_key_bytes, 'k');
    BOOST_TEST(key.size() == 65536U);
    const NewItem item = item_with(key, "value");
    BOOST_TEST((item->key() == key));
    BOOST_TEST(item->value() == "value");
}

BOOST_AUTO_TEST_CASE(the_room_of_a_huge_value_is_not_touched)
{
    const NewItem item = Item::make("k", 0, kv::max_value_bytes);
    BOOST_TEST(item->value().size() == kv::max_value_bytes);
    item->room().back() = 'x';
    BOOST_TEST(item->value().back() == 'x');
}

BOOST_AUTO_TEST_CASE(an_item_lives_as_long_as_somebody_refers_to_it)
{
    NewItem first = item_with("k", "v");
    const NewItem second = first;
    first.reset();
    BOOST_TEST(second->value() == "v");
}

// The sanitizers see an item freed too early, twice, or never.
BOOST_AUTO_TEST_CASE(threads_may_share_an_item)
{
    NewItem item = item_with("k", std::string(100, 'v'));
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([mine = item] {
            for (int round = 0; round < 10'000; ++round) {
                const NewItem copy = mine;
                if (copy->value().back() != 'v') std::abort();
            }
        });
    }
    item.reset();
}

BOOST_AUTO_TEST_CASE(the_footprint_is_the_block_that_malloc_takes_and_a_row)
{
    if (!has_glibc_malloc) return;
    const std::size_t smallest_block = 32;
    const NewItem tiny = Item::make("k", 0, 0);
    const std::size_t row = tiny->footprint() - (malloc_usable_size(tiny.get()) + 8);
    BOOST_TEST(row >= smallest_block);
    for (const std::size_t key_bytes : {1U, 2U, 7U, 8U, 16U, 100U, 250U, 1000U, 65536U}) {
        for (std::size_t value_bytes = 0; value_bytes < 3000; value_bytes += 7) {
            const NewItem item = Item::make(std::string(key_bytes, 'k'), 0, value_bytes);
            // The heap gives a block a little larger when the rest would be too small to use.
            const std::size_t block = malloc_usable_size(item.get()) + 8;
            const std::size_t counted = item->footprint() - row;
            BOOST_REQUIRE(counted <= block);
            BOOST_REQUIRE(block - counted <= 16U);
            BOOST_REQUIRE(item->footprint() == Item::footprint(key_bytes, value_bytes));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_footprint_of_a_large_item_is_a_little_more_than_its_bytes)
{
    const std::size_t bytes = kv::max_key_bytes + kv::max_value_bytes;
    const std::size_t counted = Item::footprint(kv::max_key_bytes, kv::max_value_bytes);
    BOOST_TEST(counted >= bytes + 36);
    BOOST_TEST(counted <= bytes + 128);
}

BOOST_AUTO_TEST_SUITE_END()
