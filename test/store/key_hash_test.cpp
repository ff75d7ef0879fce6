#include "server/store/item.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(key_hash_test)

using kv::KeyHash;

namespace {

std::string nth_key(int n)
{
    return "key:" + std::to_string(n);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_always_has_the_same_hash)
{
    const KeyHash hash;
    const std::string here = "key";
    const std::string there = "key";
    BOOST_TEST(hash(here).hash == hash(there).hash);
}

BOOST_AUTO_TEST_CASE(a_hashed_key_is_a_view)
{
    const std::string key = "key";
    const auto hashed = KeyHash()(key);
    BOOST_TEST(hashed.bytes == "key");
    BOOST_TEST(static_cast<const void*>(hashed.bytes.data()) ==
               static_cast<const void*>(key.data()));
}

BOOST_AUTO_TEST_CASE(every_hash_has_a_secret_of_its_own)
{
    const KeyHash one;
    const KeyHash other;
    int same = 0;
    for (int i = 0; i < 100; ++i) same += one(nth_key(i)).hash == other(nth_key(i)).hash ? 1 : 0;
    BOOST_TEST(same <= 1);
}

BOOST_AUTO_TEST_CASE(all_bytes_of_a_key_count)
{
    const KeyHash hash;
    std::set<std::uint32_t> hashes;
    std::string key(100, '\0');
    for (char& byte : key) {
        byte = 'x';
        hashes.insert(hash(key).hash);
        byte = '\0';
    }
    BOOST_TEST(hashes.size() >= 99U);
}

// The table is cut by the hash's top bits: 256 parts of about 100 keys each.
BOOST_AUTO_TEST_CASE(similar_keys_spread_evenly_by_their_top_bits)
{
    const KeyHash hash;
    std::array<int, 256> parts{};
    for (int i = 0; i < 25'600; ++i) ++parts.at(hash(nth_key(i)).hash >> 24);
    BOOST_TEST(*std::min_element(parts.begin(), parts.end()) > 35);
    BOOST_TEST(*std::max_element(parts.begin(), parts.end()) < 165);
}

BOOST_AUTO_TEST_SUITE_END()
