// What nobody should send: a protocol error and a close when the next request cannot be found, an
// error and no more when it can.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(redis_hostile_test)

using kv::test::array_of;
using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

namespace {

const std::string bad_count = "-ERR Protocol error: invalid multibulk length\r\n";
const std::string bad_length = "-ERR Protocol error: invalid bulk length\r\n";
const std::string out_of_memory = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
const std::string too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
const std::string bad_key = "-ERR a key has 1 to 65536 bytes\r\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_count_that_is_none_is_a_protocol_error, RedisTalk)
{
    for (const char* count : {"*x\r\n", "*\r\n", "*1x\r\n", "*-2\r\n", "*+1\r\n", "*01\r\n",
                              "*1048577\r\n", "*1000000000\r\n", "*9223372036854775808\r\n",
                              "*99999999999999999999999999999999999\r\n"}) {
        check_protocol_error(count, bad_count);
    }
}

BOOST_FIXTURE_TEST_CASE(a_length_that_is_none_is_a_protocol_error, RedisTalk)
{
    for (const char* length : {"$-1", "$x", "$", "$1x", "$+1", "$01", "$536870913", "$2147483648",
                               "$9223372036854775808", "$999999999999999999999999999999999999"}) {
        check_protocol_error("*1\r\n" + std::string(length) + "\r\n", bad_length);
    }
}

BOOST_AUTO_TEST_CASE(a_word_may_be_as_long_as_the_largest_value)
{
    const kv::test::ManualClock clock;
    kv::Store store(clock, std::size_t{1} << 20);
    for (const auto& [length, answer] :
         {std::pair("$1073741824\r\n", std::string()), std::pair("$1073741825\r\n", bad_length)}) {
        kv::test::ScriptedTransport peer;
        peer.sends("*2\r\n$4\r\nECHO\r\n" + std::string(length)).closes();
        const auto held =
            kv::test::hold_conversation<kv::resp::Dialect>(peer, store, kv::max_value_bytes);
        BOOST_TEST(held.replies == answer);
    }
}

BOOST_FIXTURE_TEST_CASE(an_argument_of_another_type_is_a_protocol_error, RedisTalk)
{
    check_protocol_error("*1\r\n:5\r\n", "-ERR Protocol error: expected '$', got ':'\r\n");
    check_protocol_error("*1\r\n\r\n", "-ERR Protocol error: expected '$', got ''\r\n");
}

BOOST_FIXTURE_TEST_CASE(arrays_do_not_nest, RedisTalk)
{
    std::string nested;
    for (int i = 0; i < 1000; ++i) nested += "*1\r\n";
    kv::test::ScriptedTransport peer;
    peer.sends(nested);
    const auto held = hold(peer);
    BOOST_TEST(held.replies == "-ERR Protocol error: expected '$', got '*'\r\n");
    BOOST_TEST((held.ended == kv::Ended::by_us));
}

BOOST_FIXTURE_TEST_CASE(a_bulk_string_ends_with_its_line_end, RedisTalk)
{
    check_protocol_error("*1\r\n$4\r\nPINGxx",
                         "-ERR Protocol error: expected CR LF behind a bulk string\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_quote_must_be_closed, RedisTalk)
{
    const std::string error = "-ERR Protocol error: unbalanced quotes in request\r\n";
    check_protocol_error("SET k \"v\r\n", error);
    check_protocol_error("SET k 'v\r\n", error);
    check_protocol_error("SET k \"v\"w\r\n", error);
}

BOOST_FIXTURE_TEST_CASE(a_line_may_be_long_but_not_longer_than_64_kib, RedisTalk)
{
    const std::string longest((std::size_t{64} << 10) - 5, 'x');
    check({{"ECHO " + longest + "\r\n", bulk(longest)}}, 4999);
    kv::test::ScriptedTransport peer;
    peer.sends("ECHO " + longest + "x");
    BOOST_TEST(hold(peer).replies == "-ERR Protocol error: too big inline request\r\n");
}

BOOST_FIXTURE_TEST_CASE(other_protocols_are_closed_without_an_answer, RedisTalk)
{
    for (const char* opening :
         {"POST / HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "Host: localhost\r\n",
          "SSH-2.0-OpenSSH_9.2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "\x16\x03\x01\x02"}) {
        BOOST_TEST_CONTEXT(opening)
        {
            check_closed({{opening, ""}});
        }
    }
}

BOOST_FIXTURE_TEST_CASE(nothing_behind_a_browsers_first_line_is_carried_out, RedisTalk)
{
    check_closed({{"POST / HTTP/1.1\r\nHost: x\r\n\r\nSET k v\r\nGET k\r\n", ""}});
}

BOOST_FIXTURE_TEST_CASE(an_unknown_command_is_shown_but_not_all_of_it, RedisTalk)
{
    ask({{"NONSENSE a b",
          "-ERR unknown command 'NONSENSE', with args beginning with: 'a' 'b' \r\n"},
         {std::string(200, 'x'),
          "-ERR unknown command '" + std::string(128, 'x') + "', with args beginning with: \r\n"}});
    check({{array_of({"a\r\n+OK", "b\nc", std::string("d\0e", 3)}),
            "-ERR unknown command 'a  +OK', with args beginning with: 'b c' 'd' \r\n"}});
}

BOOST_FIXTURE_TEST_CASE(a_wrong_number_of_words_is_an_error, RedisTalk)
{
    ask_each({"GET", "GET a b"}, "-ERR wrong number of arguments for 'get' command\r\n");
    ask_each({"SET a"}, "-ERR wrong number of arguments for 'set' command\r\n");
    ask_each({"MSET a"}, "-ERR wrong number of arguments for 'mset' command\r\n");
    ask_each({"MSET a b c"}, "-ERR wrong number of arguments for 'mset' command\r\n");
    ask_each({"CLIENT"}, "-ERR wrong number of arguments for 'client' command\r\n");
    ask_each({"CLIENT SETNAME"}, "-ERR wrong number of arguments for 'client|setname' command\r\n");
    ask_each({"PING a b"}, "-ERR wrong number of arguments for 'ping' command\r\n");
}

BOOST_FIXTURE_TEST_CASE(an_unknown_subcommand_is_an_error, RedisTalk)
{
    ask_each({"CLIENT NONSENSE"}, "-ERR unknown subcommand 'NONSENSE'. Try CLIENT HELP.\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_key_has_1_byte_to_64_kib, RedisTalk)
{
    ask_each({"GET \"\"", "SET \"\" v", "MSET a b \"\" c", "RENAME a \"\"", "WATCH \"\""}, bad_key);
    const std::string longest(kv::max_key_bytes, 'k');
    check({{array_of({"SET", longest, "v"}), ok},
           {array_of({"GET", longest}), bulk("v")},
           {array_of({"SET", longest + "k", "v"}), bad_key},
           {array_of({"GET", longest + "k"}), bad_key}},
          29'989);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_too_long_is_refused_and_the_conversation_goes_on)
{
    const RedisTalk talk({0, 100'000});
    const std::string most(100'000, 'v');
    talk.check({{array_of({"SET", "k", most}), "+OK\r\n"},
                {array_of({"SET", "k", most + "v"}), too_long},
                {array_of({"APPEND", "k", "v"}), too_long},
                {array_of({"SETRANGE", "k", "99999", "vv"}), too_long},
                {array_of({"SETRANGE", "k", "9223372036854775807", "v"}), too_long},
                {request("STRLEN k"), ":100000\r\n"}},
               9973);
}

BOOST_AUTO_TEST_CASE(without_memory_a_write_is_refused_and_a_read_is_not)
{
    const RedisTalk talk({100'000, 1 << 20});
    const std::string value(60'000, 'v');
    talk.check({{array_of({"SET", "a", value}), "+OK\r\n"},
                {array_of({"SET", "b", value}), out_of_memory},
                {array_of({"MSET", "b", "x", "c", value}), out_of_memory},
                {array_of({"COPY", "a", "b"}), out_of_memory},
                {array_of({"ECHO", value + value}), out_of_memory},
                {request("EXISTS a b c"), ":1\r\n"},
                {request("DEL a"), ":1\r\n"},
                {array_of({"SET", "b", value}), "+OK\r\n"}},
               9973);
}

BOOST_AUTO_TEST_CASE(a_transaction_cannot_gather_more_than_there_is_memory)
{
    const RedisTalk talk({50'000, 1 << 20});
    const std::string word(20'000, 'w');
    talk.check(
        {{request("MULTI"), "+OK\r\n"},
         {array_of({"ECHO", word}), "+QUEUED\r\n"},
         {array_of({"ECHO", word}), "+QUEUED\r\n"},
         {array_of({"ECHO", word}), out_of_memory},
         {request("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n"},
         {request("MULTI"), "+OK\r\n"},
         {array_of({"ECHO", word}), "+QUEUED\r\n"},
         {request("EXEC"), "*1\r\n" + bulk(word)}},
        4999);
}

namespace {

/// A store with little memory, of which nothing is free for replies.
struct LittleMemory {
    LittleMemory() { BOOST_REQUIRE(store.unstored().held.take(kv::HeldMemory::free_bytes)); }

    /// What a client gets for these requests; afterwards it holds nothing any more.
    std::string replies(const std::vector<std::string>& requests)
    {
        kv::test::ScriptedTransport peer;
        for (const std::string& sent : requests) peer.sends(sent);
        std::string got = RedisTalk({0, 1 << 20}).hold(peer, store).replies;
        BOOST_TEST(store.unstored().held.used() == kv::HeldMemory::free_bytes);
        BOOST_TEST(store.budget().used() == kv::Transaction(store).bytes());
        return got;
    }

    void store_keys(int count)
    {
        for (int i = 0; i < count; ++i) {
            auto draft =
                store.draft(store.hashed("key:" + std::to_string(i) + std::string(1000, 'k')), 0);
            BOOST_REQUIRE(draft.has_value());
            kv::Transaction(store).put(std::move(*draft), kv::never);
        }
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 200'000};
};

std::vector<std::string> words(std::string first, std::string second, int count, const char* word)
{
    std::vector<std::string> all{std::move(first), std::move(second)};
    all.insert(all.end(), static_cast<std::size_t>(count), word);
    return all;
}

}  // namespace

// Small requests with large answers.
BOOST_FIXTURE_TEST_CASE(an_answer_that_finds_no_memory_is_refused, LittleMemory)
{
    const std::string served = "+PONG\r\n";
    for (const auto& request_words :
         {words("COMMAND", "INFO", 200, "client"), words("COMMAND", "DOCS", 200, "set")}) {
        BOOST_TEST(replies({array_of(request_words), request("PING")}) == out_of_memory + served);
    }
    BOOST_TEST(
        replies({array_of(words("COMMAND", "INFO", 1, "get"))}).starts_with("*1\r\n*10\r\n"));
    store_keys(120);
    for (const char* line : {"KEYS *", "SCAN 0 COUNT 1000"}) {
        BOOST_TEST(replies({request(line), request("PING")}) == out_of_memory + served);
    }
    BOOST_TEST(replies({request("KEYS key:1*9k*")}).starts_with("*"));
}

BOOST_FIXTURE_TEST_CASE(the_answers_of_a_transaction_take_memory_together, LittleMemory)
{
    std::vector<std::string> requests{request("MULTI"), request("SET a 1")};
    requests.insert(requests.end(), 5, request("COMMAND"));
    for (const char* line : {"INCR a", "EXEC", "GET a"}) requests.push_back(request(line));
    const std::string got = replies(requests);
    BOOST_TEST(got.find("*7\r\n+OK\r\n") != std::string::npos);
    BOOST_TEST(got.find(out_of_memory + ":2\r\n") != std::string::npos);
    BOOST_TEST(got.ends_with(bulk("2")));
}

// A queued PING takes more than its four letters.
BOOST_FIXTURE_TEST_CASE(a_queued_command_is_charged_for_all_it_takes, LittleMemory)
{
    std::vector<std::string> requests{request("MULTI")};
    for (int i = 0; i < 1000; ++i) requests.push_back(request("PING"));
    const std::string got = replies(requests);
    const std::string queued = "+QUEUED\r\n";
    const std::size_t count = (got.find(out_of_memory) - 5) / queued.size();
    BOOST_TEST(count > 200'000U / 600);
    BOOST_TEST(count < 200'000U / 300);
}

BOOST_FIXTURE_TEST_CASE(a_client_has_a_short_name, RedisTalk)
{
    const std::string name(512, 'n');
    const std::string refused = "-ERR Client names have at most 512 bytes.\r\n";
    check({{array_of({"CLIENT", "SETNAME", name}), "+OK\r\n"},
           {array_of({"CLIENT", "SETNAME", name + "n"}), refused},
           {array_of({"HELLO", "2", "SETNAME", name + "n"}), refused},
           {array_of({"CLIENT", "SETINFO", "LIB-NAME", name + "n"}), refused},
           {array_of({"CLIENT", "SETINFO", "LIB-VER", name}), "+OK\r\n"},
           {request("CLIENT GETNAME"), bulk(name)}},
          997);
}

BOOST_AUTO_TEST_SUITE_END()
