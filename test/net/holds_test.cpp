// How long requests hold the store's lock: every command, on large values and with many keys. It is
// measured where the order of locks is checked (KV_CHECK_LOCK_ORDER).
#include "common/words.h"
#include "server/miniredis/dialect.h"
#include "test/support/memcache_talk.h"
#include "test/support/redis_talk.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(holds_test)

namespace {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif
constexpr milliseconds limit(sanitized ? 10 : 1);

constexpr std::size_t megabyte = std::size_t{1} << 20;
constexpr int other_keys = 10'000;

struct LongestHold final : kv::LockWatch {
    void waited(std::chrono::nanoseconds) override {}
    void held(std::chrono::nanoseconds own_time) override { longest = std::max(longest, own_time); }

    std::chrono::nanoseconds longest{0};
};

/// A store of many keys, one of which ("v") is given a value for each request.
struct Holding {
    Holding() { fill(); }

    void fill()
    {
        for (int i = 0; i < other_keys; ++i) put(fmt::format("k{}", i), "1");
        put(std::string(kv::max_key_bytes, 'a'), "1");
    }

    void put(std::string_view key, std::string_view value)
    {
        auto draft = store.draft(store.hashed(key), value.size());
        std::copy(value.begin(), value.end(), draft->room().begin());
        kv::Transaction(store).put(std::move(*draft), kv::never);
    }

    /// Sends `bytes` when `prepare` has been done; the longest hold that this took.
    template <class Dialect, class Prepare>
    std::chrono::nanoseconds hold(const std::string& bytes, Prepare prepare)
    {
        if (kv::Transaction(store).size() < other_keys) fill();
        prepare();
        kv::test::ScriptedTransport peer;
        peer.sends(bytes);
        watch.longest = {};
        (void)kv::test::hold_conversation<Dialect>(peer, store, 2 * megabyte);
        return watch.longest;
    }

    /// Checks that no hold is long. What only another program's use of the machine made long is not
    /// so again.
    template <class Dialect, class Prepare>
    void check(const std::string& name, const std::string& bytes, Prepare prepare)
    {
        auto longest = hold<Dialect>(bytes, prepare);
        for (int i = 0; i < 3 && longest > limit; ++i) longest = hold<Dialect>(bytes, prepare);
        const auto microseconds = longest.count() / 1000;
        BOOST_TEST_MESSAGE(name << ": " << microseconds);
        BOOST_TEST(longest.count() <= std::chrono::nanoseconds(limit).count(),
                   name << " held the lock for " << microseconds << " us");
    }

    template <class Dialect>
    void check(const std::string& name, const std::string& bytes)
    {
        check<Dialect>(name, bytes, [] {});
    }

    /// The same, for each value that "v" may have.
    template <class Dialect>
    void check_values(const std::string& name, const std::string& bytes)
    {
        for (const auto& value : values) {
            check<Dialect>(name + " of " + value.first, bytes, [&] { put("v", value.second); });
        }
        check<Dialect>(name + " of a nested value", bytes, [&] { put_nested(); });
        check<Dialect>(name + " of nothing", bytes, [&] {
            const kv::HashedKey key = store.hashed("v");
            (void)kv::Transaction(store).erase(key);
        });
    }

    void put_nested()
    {
        std::string set = "*3\r\n+SET\r\n+v\r\n*1000\r\n";
        for (int i = 0; i < 1000; ++i) set += kv::test::bulk(std::string(1000, 'x'));
        kv::test::ScriptedTransport peer;
        peer.sends(set);
        const auto held =
            kv::test::hold_conversation<kv::miniredis::Dialect>(peer, store, 2 * megabyte);
        BOOST_REQUIRE(held.replies == ":1\r\n");
    }

    const std::vector<std::pair<std::string, std::string>> values{
        {"a megabyte of digits", std::string(megabyte, '1')},
        {"a megabyte of blanks", std::string(megabyte, ' ')},
        {"a number and 500,000 blanks", "1" + std::string(500'000, ' ')},
        {"a megabyte of letters", std::string(megabyte, 'x')},
        {"a number of 4,901 digits", "1e4900"},
    };
    LongestHold watch;
    kv::test::ManualClock clock;
    kv::Store store{clock, 0, kv::WhenFull::refuse, &watch};
};

/// A word for what the grammar of a command calls `name`.
std::string word_for(std::string_view name)
{
    if (name == "key") return "v";
    if (name == "value") return std::string(megabyte, '1');
    if (name == "pattern") return "*" + std::string(4000, 'a') + "b";
    if (name == "cursor") return "0";
    if (name == "end") return "-1";
    if (name == "newkey" || name == "member" || name == "message") return "w";
    return "10";
}

/// A request with all words that the command demands, and with as many keys as it takes.
[[maybe_unused]] std::vector<std::string> words_of(const kv::resp::Command& command)
{
    std::vector<std::string> words;
    std::string name(command.name);
    const std::size_t bar = name.find('|');
    words.push_back(name.substr(0, bar));
    if (bar != std::string::npos) words.push_back(name.substr(bar + 1));

    const std::string_view grammar = command.grammar;
    std::string_view demanded = grammar.substr(0, grammar.find('['));
    const bool pairs = grammar == "key value [key value ...]";
    if (!pairs && grammar != "key [key ...]") {
        for (auto word = kv::take_word(demanded); !word.empty(); word = kv::take_word(demanded)) {
            words.push_back(word_for(word));
        }
        return words;
    }
    for (int i = 0; i < other_keys; ++i) {
        words.push_back(fmt::format("k{}", i));
        if (pairs) words.emplace_back("1");
    }
    return words;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_hold_is_told_in_builds_that_check_the_order_of_locks_and_in_no_other)
{
    LongestHold watch;
    const kv::test::ManualClock clock;
    kv::Store store(clock, 0, kv::WhenFull::refuse, &watch);
    (void)kv::Transaction(store).size();
#ifdef KV_CHECK_LOCK_ORDER
    BOOST_TEST(watch.longest.count() > 0);
#else
    BOOST_TEST(watch.longest.count() == 0);
#endif
}

#ifdef KV_CHECK_LOCK_ORDER

BOOST_FIXTURE_TEST_CASE(no_command_of_redis_holds_the_lock_for_long, Holding)
{
    for (const kv::resp::Command& command : kv::resp::all_commands()) {
        if (command.handle == nullptr || command.name == "mset" || command.name == "msetnx")
            continue;
        const std::string name(command.name);
        const std::string bytes = kv::test::array_of(words_of(command));
        if (command.keys.first != 0 && command.keys.last > 0) {
            check_values<kv::resp::Dialect>(name, bytes);
        } else {
            check<kv::resp::Dialect>(name, bytes);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(neither_do_commands_with_options_or_after_others, Holding)
{
    const std::string pattern = " MATCH *" + std::string(4000, 'a') + "b";
    std::string watch_all = "WATCH";
    for (int i = 0; i < other_keys; ++i) watch_all += fmt::format(" k{}", i);
    const std::vector<std::vector<std::string>> conversations{
        {"SCAN 0 COUNT 100000" + pattern},
        {"EXPIRE v 100 XX"},
        {watch_all, "FLUSHALL", "UNWATCH"},
        {"MULTI", "INFO", "COMMAND", "COMMAND DOCS", "COMMAND LIST", "CLIENT LIST", "EXEC"},
    };
    for (const auto& lines : conversations) {
        std::string bytes;
        for (const std::string& line : lines) bytes += kv::test::request(line);
        check<kv::resp::Dialect>(lines.back().substr(0, 60), bytes);
    }
}

BOOST_FIXTURE_TEST_CASE(no_command_of_memcached_does, Holding)
{
    const std::string block = fmt::format(" {}\r\n{}\r\n", megabyte, std::string(megabyte, '1'));
    for (const std::string line : {"get v", "gets v", "gat 10 v", "incr v 1", "decr v 1",
                                   "touch v 10", "delete v", "mg v v t h l", "mg v v E1 N10",
                                   "md v", "md v I", "md v x", "ma v", "ma v MD N0 J5", "me v"}) {
        check_values<kv::memcached::Dialect>(line, line + "\r\n");
    }
    for (const std::string line :
         {"set v 0 0", "add v 0 0", "replace v 0 0", "append v 0 0", "prepend v 0 0"}) {
        check_values<kv::memcached::Dialect>(line, line + block);
    }
    check_values<kv::memcached::Dialect>(
        "cas v 0 0", fmt::format("cas v 0 0 {} 1\r\n{}\r\n", megabyte, std::string(megabyte, '1')));
    std::string get = "get";
    for (int i = 0; i < other_keys; ++i) get += fmt::format(" k{}", i);
    for (const std::string& line :
         {get, std::string("stats"), std::string("stats items"),
          std::string("lru_crawler metadump all"), std::string("flush_all")}) {
        check<kv::memcached::Dialect>(line.substr(0, 60), line + "\r\n");
    }
}

BOOST_FIXTURE_TEST_CASE(no_command_of_the_little_redis_does_but_mset, Holding)
{
    using kv::test::request;
    std::string get = "MGET";
    for (int i = 0; i < other_keys; ++i) get += fmt::format(" k{}", i);
    check_values<kv::miniredis::Dialect>("GET", request("GET v"));
    check_values<kv::miniredis::Dialect>("SET", request("SET v " + std::string(megabyte, 'x')));
    check_values<kv::miniredis::Dialect>("DELETE", request("DELETE v"));
    check<kv::miniredis::Dialect>("MGET", request(get));
    check<kv::miniredis::Dialect>("FLUSH", request("FLUSH"));
}

#endif

BOOST_AUTO_TEST_SUITE_END()
