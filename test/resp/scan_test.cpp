// SCAN: what stays is found, however much comes and goes meanwhile.
#include "test/support/redis_talk.h"

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(scan_test)

using kv::test::RedisTalk;

namespace {

struct Scanning {
    void store_keys(const std::string& prefix, int count)
    {
        for (int i = 0; i < count; ++i) {
            auto draft = store.draft(store.hashed(prefix + std::to_string(i)), 0);
            kv::Transaction(store).put(std::move(*draft), kv::never);
        }
    }

    /// Every bulk string in the reply to SCAN or KEYS.
    std::vector<std::string> strings_in_reply(const std::string& line)
    {
        kv::test::ScriptedTransport peer;
        peer.sends(kv::test::request(line));
        const std::string reply = talk.hold(peer, store).replies;
        std::vector<std::string> strings;
        for (std::size_t i = reply.find('$'); i < reply.size();) {
            const std::size_t end = reply.find("\r\n", i);
            const std::size_t bytes = std::stoul(reply.substr(i + 1, end - i - 1));
            strings.push_back(reply.substr(end + 2, bytes));
            i = reply.find('$', end + 2 + bytes);
        }
        return strings;
    }

    /// Scans to the end; between two calls `meanwhile` happens.
    template <class Meanwhile>
    std::set<std::string> scan(const std::string& options, Meanwhile meanwhile)
    {
        std::set<std::string> found;
        std::string cursor = "0";
        do {
            auto strings = strings_in_reply("SCAN " + cursor + " " + options);
            cursor = strings.front();
            found.insert(strings.begin() + 1, strings.end());
            meanwhile();
        } while (cursor != "0");
        return found;
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
    RedisTalk talk;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_key_is_found, Scanning)
{
    store_keys("key:", 1000);
    BOOST_TEST(scan("COUNT 7", [] {}).size() == 1000U);
    BOOST_TEST(scan("MATCH key:*9", [] {}).size() == 100U);
    BOOST_TEST(scan("TYPE string COUNT 100", [] {}).size() == 1000U);
    BOOST_TEST(scan("TYPE list COUNT 100", [] {}).empty());
    BOOST_TEST(strings_in_reply("KEYS *").size() == 1000U);
}

BOOST_FIXTURE_TEST_CASE(what_stays_is_found_while_the_table_grows, Scanning)
{
    store_keys("stays:", 500);
    int next = 0;
    const auto found = scan("MATCH stays:* COUNT 10", [&] {
        if (next < 20'000) store_keys("new" + std::to_string(next) + ":", 200);
        next += 200;
    });
    BOOST_TEST(found.size() == 500U);
}

BOOST_FIXTURE_TEST_CASE(a_cursor_is_what_strtoul_reads, Scanning)
{
    store_keys("key:", 100);
    for (const char* cursor : {"18446744073709551615", "9223372036854775808", "255",
                               "12345678901234567", "\"\"", "+5", "-1"}) {
        BOOST_TEST(!strings_in_reply("SCAN " + std::string(cursor)).empty());
    }
    for (const char* cursor : {"x", "+", "-", "+-1", "18446744073709551616", "1x", "0x1"}) {
        kv::test::ScriptedTransport peer;
        peer.sends(kv::test::request("SCAN " + std::string(cursor)));
        BOOST_TEST(talk.hold(peer, store).replies == "-ERR invalid cursor\r\n");
    }
}

BOOST_FIXTURE_TEST_CASE(an_empty_cursor_begins_a_scan, Scanning)
{
    store_keys("key:", 10);
    auto found = strings_in_reply("SCAN \"\" COUNT 1000");
    BOOST_TEST(found.front() == "0");
    BOOST_TEST(found.size() == 1U + 10U);
}

BOOST_AUTO_TEST_SUITE_END()
