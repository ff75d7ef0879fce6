// What kv::Client sends, and what it makes of every reply however it arrives.
#include "client/client.h"

#include "client/errors.h"
#include "client/pipeline.h"
#include "test/support/scripted_link.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(client_test)

using namespace std::chrono_literals;
using kv::Client;
using kv::Stored;
using kv::test::arrivals;
using kv::test::Script;
using kv::test::ScriptedLink;

namespace {

/// Holds the conversation `use` once for each way in which `reply` can arrive. `use` checks the
/// outcome; here it is checked that `request` went out and that the connection is still usable.
template <class Use>
void converse(std::string_view request, std::string_view reply, Use use)
{
    for (const auto& chunks : arrivals(reply)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        Client client(std::make_unique<ScriptedLink>(script));
        use(client);
        BOOST_TEST(script->sent == request);
        BOOST_TEST(client.is_open());
        BOOST_TEST(script->chunks.empty());
    }
}

/// The same for a conversation that must fail with `Error` and leave the connection closed.
template <class Error, class Use>
void fail(std::string_view reply, Use use, bool silence = false)
{
    for (const auto& chunks : arrivals(reply)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        script->ends = !silence;
        Client client(std::make_unique<ScriptedLink>(script), {.reply_timeout = 1h});
        BOOST_CHECK_THROW(use(client), Error);
        BOOST_TEST(!client.is_open());
        BOOST_CHECK_THROW((void)client.version(), kv::ConnectionLost);
    }
}

const auto get_k = [](Client& client) { return client.get("k"); };

}  // namespace

BOOST_AUTO_TEST_CASE(a_hit_brings_value_and_flags)
{
    converse("get k\r\n", "VALUE k 7 5\r\nhello\r\nEND\r\n", [](Client& client) {
        const auto item = client.get("k");
        BOOST_REQUIRE(item);
        BOOST_TEST(item->value == "hello");
        BOOST_TEST(item->flags == 7u);
        BOOST_TEST(item->cas == 0u);
    });
}

BOOST_AUTO_TEST_CASE(a_miss_is_no_item)
{
    converse("get k\r\n", "END\r\n", [](Client& client) { BOOST_TEST(!client.get("k")); });
}

BOOST_AUTO_TEST_CASE(gets_brings_the_cas)
{
    converse("gets k\r\n", "VALUE k 0 1 18446744073709551615\r\nx\r\nEND\r\n",
             [](Client& client) { BOOST_TEST(client.gets("k")->cas == UINT64_MAX); });
}

BOOST_AUTO_TEST_CASE(a_value_may_look_like_a_reply)
{
    converse("get k\r\n", "VALUE k 0 7\r\n\r\nEND\r\n\r\nEND\r\n",
             [](Client& client) { BOOST_TEST(client.get("k")->value == "\r\nEND\r\n"); });
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_hit)
{
    converse("get k\r\n", "VALUE k 0 0\r\n\r\nEND\r\n",
             [](Client& client) { BOOST_TEST(client.get("k")->value.empty()); });
}

BOOST_AUTO_TEST_CASE(get_and_touch_sends_the_expiry_first)
{
    converse("gat 60 k\r\n", "VALUE k 0 1\r\nx\r\nEND\r\n",
             [](Client& client) { BOOST_TEST(client.get_and_touch("k", 60s)->value == "x"); });
}

BOOST_AUTO_TEST_CASE(many_keys_bring_the_items_that_exist)
{
    converse("gets a b c\r\n", "VALUE a 0 1 1\r\nx\r\nVALUE c 0 1 2\r\ny\r\nEND\r\n",
             [](Client& client) {
                 const std::vector<std::string> keys{"a", "b", "c"};
                 const auto items = client.get_many(keys);
                 BOOST_TEST(items.size() == 2u);
                 BOOST_TEST(items.at("c").value == "y");
             });
}

BOOST_AUTO_TEST_CASE(very_many_keys_are_asked_for_in_several_commands)
{
    std::vector<std::string> keys;
    std::string replies;
    for (int i = 0; i < 200; ++i) keys.push_back(std::string(240, 'k') + std::to_string(i));
    for (std::size_t i = 0; i < keys.size(); i += 7) {
        replies += "VALUE " + keys[i] + " 0 1 9\r\nx\r\nEND\r\n";
    }
    const auto script = std::make_shared<Script>();
    script->chunks = {replies};
    Client client(std::make_unique<ScriptedLink>(script));
    BOOST_TEST(client.get_many(keys).size() == 29u);
    for (std::size_t end, start = 0; start < script->sent.size(); start = end + 2) {
        end = script->sent.find("\r\n", start);
        BOOST_TEST(end - start <= 2048u);
    }
}

BOOST_AUTO_TEST_CASE(set_sends_flags_expiry_and_length)
{
    converse("set k 7 60 5\r\nhello\r\n", "STORED\r\n", [](Client& client) {
        BOOST_CHECK(client.set("k", "hello", {.expiry = 60s, .flags = 7}) == Stored::yes);
    });
}

BOOST_AUTO_TEST_CASE(an_expiry_beyond_30_days_is_sent_as_the_moment_it_ends)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"STORED\r\n", "STORED\r\n", "STORED\r\n"};
    Client client(std::make_unique<ScriptedLink>(script));
    client.set("k", "", {.expiry = std::chrono::hours(30 * 24)});
    client.set("k", "", {.expiry = std::chrono::hours(30 * 24) + 1s});
    client.set("k", "", {.expiry = std::chrono::hours(100 * 365 * 24)});
    const auto ends = std::chrono::system_clock::now() + std::chrono::hours(30 * 24);
    const auto start = std::to_string(std::chrono::system_clock::to_time_t(ends)).substr(0, 5);
    BOOST_TEST(script->sent.starts_with("set k 0 2592000 0\r\n\r\nset k 0 " + start));
    BOOST_TEST(script->sent.ends_with("set k 0 0 0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(conditions_that_do_not_hold_are_outcomes)
{
    converse("add k 0 0 1\r\nx\r\n", "NOT_STORED\r\n",
             [](Client& client) { BOOST_CHECK(client.add("k", "x") == Stored::no); });
    converse("replace k 0 0 1\r\nx\r\n", "NOT_STORED\r\n",
             [](Client& client) { BOOST_CHECK(client.replace("k", "x") == Stored::no); });
    converse("append k 0 0 1\r\nx\r\n", "STORED\r\n",
             [](Client& client) { BOOST_CHECK(client.append("k", "x") == Stored::yes); });
    converse("prepend k 0 0 1\r\nx\r\n", "NOT_STORED\r\n",
             [](Client& client) { BOOST_CHECK(client.prepend("k", "x") == Stored::no); });
    converse("cas k 0 0 1 42\r\nx\r\n", "EXISTS\r\n",
             [](Client& client) { BOOST_CHECK(client.cas("k", "x", 42) == Stored::exists); });
    converse("cas k 0 0 1 42\r\nx\r\n", "NOT_FOUND\r\n",
             [](Client& client) { BOOST_CHECK(client.cas("k", "x", 42) == Stored::not_found); });
}

BOOST_AUTO_TEST_CASE(delete_and_touch_say_whether_it_was_there)
{
    converse("delete k\r\n", "DELETED\r\n", [](Client& client) { BOOST_TEST(client.remove("k")); });
    converse("delete k\r\n", "NOT_FOUND\r\n",
             [](Client& client) { BOOST_TEST(!client.remove("k")); });
    converse("touch k -1\r\n", "TOUCHED\r\n",
             [](Client& client) { BOOST_TEST(client.touch("k", -1s)); });
}

BOOST_AUTO_TEST_CASE(counters_bring_the_new_number)
{
    converse("incr k 3\r\n", "18446744073709551615\r\n",
             [](Client& client) { BOOST_TEST(client.incr("k", 3).value() == UINT64_MAX); });
    converse("decr k 1\r\n", "NOT_FOUND\r\n",
             [](Client& client) { BOOST_TEST(!client.decr("k")); });
}

BOOST_AUTO_TEST_CASE(server_commands)
{
    converse("flush_all\r\n", "OK\r\n", [](Client& client) { client.flush_all(); });
    converse("flush_all 5\r\n", "OK\r\n", [](Client& client) { client.flush_all(5s); });
    converse("debugtime 61\r\n", "OK\r\n", [](Client& client) { client.advance_clock(61s); });
    converse("version\r\n", "VERSION 1.6.18\r\n",
             [](Client& client) { BOOST_TEST(client.version() == "1.6.18"); });
    converse("stats\r\n", "STAT pid 7\r\nSTAT name two words\r\nSTAT empty \r\nEND\r\n",
             [](Client& client) {
                 const auto stats = client.stats();
                 BOOST_TEST(stats.at("pid") == "7");
                 BOOST_TEST(stats.at("name") == "two words");
                 BOOST_TEST(stats.at("empty").empty());
             });
}

BOOST_AUTO_TEST_CASE(an_error_of_the_servers_leaves_the_connection_usable)
{
    const auto expect_error = [](std::string_view text) {
        return [text](Client& client) {
            BOOST_CHECK_EXCEPTION(
                (void)client.get("k"), kv::ServerError,
                [&](const kv::ServerError& error) { return error.what() == text; });
        };
    };
    converse("get k\r\n", "ERROR\r\n", expect_error("ERROR"));
    converse("get k\r\n", "CLIENT_ERROR bad\r\n", expect_error("CLIENT_ERROR bad"));
    converse("get k\r\n", "SERVER_ERROR \x1b[2J\r\n", expect_error("SERVER_ERROR \\x1b[2J"));
    converse("set k 0 0 1\r\nx\r\n", "SERVER_ERROR object too large for cache\r\n",
             [](Client& client) { BOOST_CHECK_THROW(client.set("k", "x"), kv::ServerError); });
}

BOOST_AUTO_TEST_CASE(an_unknown_storage_command_closes_because_its_value_was_run_as_a_command)
{
    fail<kv::ServerError>("ERROR\r\nERROR\r\n", [](Client& client) { client.set("k", "x"); });
}

BOOST_AUTO_TEST_CASE(keys_the_protocol_cannot_carry_are_never_sent)
{
    const auto script = std::make_shared<Script>();
    Client client(std::make_unique<ScriptedLink>(script));
    for (const std::string& key : {std::string(), std::string(251, 'k'), std::string("a b"),
                                   std::string("a\r\nflush_all\r\n"), std::string("a\0b", 3),
                                   std::string("\x7f"), std::string("\t")}) {
        BOOST_CHECK_THROW((void)client.get(key), kv::BadArgument);
        BOOST_CHECK_THROW(client.set(key, "x"), kv::BadArgument);
        BOOST_CHECK_THROW(client.remove(key), kv::BadArgument);
        BOOST_CHECK_THROW((void)client.incr(key), kv::BadArgument);
        BOOST_CHECK_THROW((void)client.get_many(std::vector{key}), kv::BadArgument);
        BOOST_CHECK_THROW((void)client.get_and_touch(key, 1s), kv::BadArgument);
    }
    BOOST_CHECK_THROW((void)client.stats("a\r\nflush_all"), kv::BadArgument);
    BOOST_TEST(script->sent.empty());
    BOOST_TEST(client.is_open());
}

BOOST_AUTO_TEST_CASE(a_key_of_250_bytes_of_any_other_kind_is_sent)
{
    const std::string key = std::string(248, 'k') + "\xff\x80";
    converse("get " + key + "\r\n", "END\r\n",
             [&](Client& client) { BOOST_TEST(!client.get(key)); });
}

BOOST_AUTO_TEST_CASE(nonsense_closes_the_connection)
{
    for (const std::string reply :
         {"hello\r\n", "\r\n", "VALUE k 0 5\r\nhelloEND\r\n", "VALUE k 0 -1\r\n", "VALUE k 0\r\n",
          "VALUE k x 5\r\nhello\r\nEND\r\n", "VALUE other 0 1\r\nx\r\nEND\r\n", "STORED\r\n",
          "VALUE k 0 9223372036854775808\r\n", "VALUE k 0 18446744073709551616\r\n",
          "VALUE k 0 +1\r\nx\r\nEND\r\n", "VALUE k 4294967296 1\r\nx\r\nEND\r\n",
          "VALUE k 0 1\r\nx\r\nVALUE k 0 1\r\ny\r\nEND\r\n", "VALUE k 0 1 2 3\r\nx\r\nEND\r\n"}) {
        fail<kv::NonsenseReply>(reply, get_k);
    }
    fail<kv::NonsenseReply>("VALUE k 0 1\r\n", [](Client& client) { client.set("k", "x"); });
    fail<kv::NonsenseReply>("-1\r\n", [](Client& client) { return client.incr("k"); });
    fail<kv::NonsenseReply>("OK\r\n", [](Client& client) { return client.version(); });
    fail<kv::NonsenseReply>("STAT pid 1\r\nSTATpid 1\r\n",
                            [](Client& client) { return client.stats(); });
}

BOOST_AUTO_TEST_CASE(nonsense_is_named_with_its_place)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"VALUE k 0 1\r\nxyzEND\r\n"};
    Client client(std::make_unique<ScriptedLink>(script));
    BOOST_CHECK_EXCEPTION((void)client.get("k"), kv::NonsenseReply,
                          [](const kv::NonsenseReply& error) {
                              return std::string_view(error.what()) ==
                                     "nonsense from the server: read \"yz\" at byte 14 of the "
                                     "reply, expected CR LF after "
                                     "the value";
                          });
}

BOOST_AUTO_TEST_CASE(a_line_without_an_end_is_not_read_for_ever)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {std::string(9000, 'x')};
    Client client(std::make_unique<ScriptedLink>(script));
    BOOST_CHECK_THROW((void)client.get("k"), kv::NonsenseReply);
    BOOST_TEST(!client.is_open());
}

BOOST_AUTO_TEST_CASE(a_value_larger_than_allowed_is_refused_before_it_is_read)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"VALUE k 0 11\r\n"};
    script->ends = false;
    Client client(std::make_unique<ScriptedLink>(script), {.max_value_bytes = 10});
    BOOST_CHECK_THROW((void)client.get("k"), kv::NonsenseReply);
}

BOOST_AUTO_TEST_CASE(a_reply_cut_short_is_a_lost_connection)
{
    const std::string whole = "VALUE k 0 5\r\nhello\r\nEND\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        fail<kv::ConnectionLost>(whole.substr(0, size), get_k);
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_falls_silent_times_out_and_is_not_used_again)
{
    const std::string whole = "VALUE k 0 5\r\nhello\r\nEND\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        fail<kv::NoReplyInTime>(whole.substr(0, size), get_k, true);
    }
}

BOOST_AUTO_TEST_CASE(a_pipeline_sends_all_and_then_reads_all)
{
    converse("incr n 1\r\nget k\r\nset k 0 0 1\r\nx\r\ndelete z\r\n",
             "8\r\nVALUE k 0 1\r\ny\r\nEND\r\nSTORED\r\nNOT_FOUND\r\n", [](Client& client) {
                 kv::Pipeline pipeline(client);
                 auto number = pipeline.incr("n");
                 auto item = pipeline.get("k");
                 auto stored = pipeline.set("k", "x");
                 auto removed = pipeline.remove("z");
                 pipeline.run();
                 BOOST_TEST(number.get().value() == 8u);
                 BOOST_TEST(item.get()->value == "y");
                 BOOST_CHECK(stored.get() == Stored::yes);
                 BOOST_TEST(!removed.get());
                 BOOST_TEST(pipeline.size() == 0u);
             });
}

BOOST_AUTO_TEST_CASE(an_error_in_a_pipeline_is_its_own_futures)
{
    converse("incr n 1\r\nincr m 1\r\n", "CLIENT_ERROR not a number\r\n4\r\n", [](Client& client) {
        kv::Pipeline pipeline(client);
        auto bad = pipeline.incr("n");
        auto good = pipeline.incr("m");
        pipeline.run();
        BOOST_CHECK_THROW(bad.get(), kv::ServerError);
        BOOST_TEST(good.get().value() == 4u);
    });
}

BOOST_AUTO_TEST_CASE(a_pipeline_that_breaks_answers_every_future)
{
    fail<kv::ConnectionLost>("1\r\n", [](Client& client) {
        kv::Pipeline pipeline(client);
        auto first = pipeline.incr("n");
        auto second = pipeline.incr("m");
        auto third = pipeline.get("k");
        BOOST_CHECK_THROW(pipeline.run(), kv::ConnectionLost);
        BOOST_TEST(first.get().value() == 1u);
        BOOST_CHECK_THROW(third.get(), kv::ConnectionLost);
        second.get();
    });
}

BOOST_AUTO_TEST_CASE(a_large_pipeline_reads_replies_before_it_sends_more)
{
    // A server that is not read stops reading: more than a socket holds must not be sent blindly.
    const auto script = std::make_shared<Script>();
    for (int i = 0; i < 4; ++i) script->chunks.push_back("STORED\r\n");
    Client client(std::make_unique<ScriptedLink>(script));
    kv::Pipeline pipeline(client);
    std::vector<std::future<Stored>> all;
    for (int i = 0; i < 4; ++i) all.push_back(pipeline.set("k", std::string(20'000, 'x')));
    pipeline.run();
    for (auto& one : all) BOOST_CHECK(one.get() == Stored::yes);
}

BOOST_AUTO_TEST_CASE(addresses_of_another_dialect_are_refused)
{
    BOOST_CHECK_THROW(Client("redis://127.0.0.1:1"), kv::BadArgument);
    BOOST_CHECK_THROW(Client("127.0.0.1:1"), kv::BadUri);
    BOOST_CHECK_THROW(Client("memcache://127.0.0.1:1"), kv::CannotConnect);
}

BOOST_AUTO_TEST_SUITE_END()
