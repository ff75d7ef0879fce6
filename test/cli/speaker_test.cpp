// Commands as typed and the bytes they become; replies of both dialects as values, however they
// arrive, and what they mean for the exit status.
#include "client/errors.h"
#include "client/shell/memcached_speaker.h"
#include "client/shell/redis_speaker.h"
#include "test/support/scripted_link.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(speaker_test)

using kv::resp::Type;
using kv::resp::Value;
using kv::shell::Command;
using kv::shell::ExitCode;
using kv::shell::memcached_request;
using kv::shell::ReplyEnd;
using kv::shell::UsageError;
using kv::test::arrivals;
using kv::test::Script;
using kv::test::ScriptedLink;

namespace {

/// Asks `command` once for each way in which `reply` can arrive, and hands each answer to `check`.
template <class Speaker, class Check>
void ask(const Command& command, std::string_view reply, Check check)
{
    for (const auto& chunks : arrivals(reply)) {
        const auto script = std::make_shared<Script>();
        script->chunks = chunks;
        script->ends = false;
        Speaker speaker(std::make_unique<kv::client::Connection>(
            std::make_unique<ScriptedLink>(script), kv::ClientOptions{}));
        const Value answer = speaker.ask(command);
        check(answer, speaker.judge(command, answer), speaker.is_open());
        BOOST_TEST(script->chunks.empty());
    }
}

void memcached(const Command& command, std::string_view reply, const Value& value, ExitCode meaning,
               bool stays_open = true)
{
    ask<kv::shell::MemcachedSpeaker>(command, reply,
                                     [&](const Value& answer, ExitCode code, bool is_open) {
                                         BOOST_CHECK(answer == value);
                                         BOOST_CHECK(code == meaning);
                                         BOOST_TEST(is_open == stays_open);
                                     });
}

void redis(const Command& command, std::string_view reply, ExitCode meaning)
{
    ask<kv::shell::RedisSpeaker>(command, reply, [&](const Value&, ExitCode code, bool is_open) {
        BOOST_CHECK(code == meaning);
        BOOST_TEST(is_open);
    });
}

Value simple(std::string text)
{
    return {Type::simple, std::move(text), {}};
}
Value bulk(std::string text)
{
    return {Type::bulk, std::move(text), {}};
}
Value number(std::string text)
{
    return {Type::integer, std::move(text), {}};
}

std::string bytes(const Command& command)
{
    return memcached_request(command).bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_value_stands_after_the_key)
{
    BOOST_TEST(bytes({"set", "k", "hello"}) == "set k 0 0 5\r\nhello\r\n");
    BOOST_TEST(bytes({"SET", "k", "", "ex", "60", "FLAGS", "7"}) == "set k 7 60 0\r\n\r\n");
    BOOST_TEST(bytes({"append", "k", "\r\nx"}) == "append k 0 0 3\r\n\r\nx\r\n");
    BOOST_TEST(bytes({"cas", "k", "v", "42", "EX", "-1"}) == "cas k 0 -1 1 42\r\nv\r\n");
    BOOST_TEST(bytes({"ms", "k", "hello", "T60", "MA"}) == "ms k 5 T60 MA\r\nhello\r\n");
}

BOOST_AUTO_TEST_CASE(other_commands_are_their_words)
{
    BOOST_TEST(bytes({"get", "a", "b"}) == "get a b\r\n");
    BOOST_TEST(bytes({"gat", "60", "k"}) == "gat 60 k\r\n");
    BOOST_TEST(bytes({"mg", "k", "v", "t"}) == "mg k v t\r\n");
    BOOST_TEST(bytes({"nosuch", "thing"}) == "nosuch thing\r\n");
    BOOST_TEST(bytes({"stats", "items"}) == "stats items\r\n");
}

BOOST_AUTO_TEST_CASE(a_reply_that_may_not_come_is_followed_by_one_that_must)
{
    const auto quiet_store = memcached_request({"set", "k", "v", "noreply"});
    BOOST_TEST(quiet_store.bytes == "set k 0 0 1 noreply\r\nv\r\nversion\r\n");
    BOOST_CHECK(quiet_store.end == ReplyEnd::version);
    BOOST_TEST(bytes({"delete", "k", "noreply"}) == "delete k noreply\r\nversion\r\n");
    BOOST_TEST(bytes({"mg", "k", "v", "q"}) == "mg k v q\r\nmn\r\n");
    BOOST_TEST(bytes({"ms", "k", "v", "q"}) == "ms k 1 q\r\nv\r\nmn\r\n");
    BOOST_CHECK(memcached_request({"mg", "q"}).end == ReplyEnd::whole);
    BOOST_CHECK(memcached_request({"quit"}).end == ReplyEnd::close);
}

BOOST_AUTO_TEST_CASE(what_the_protocol_cannot_carry_is_refused)
{
    for (const Command& command : std::vector<Command>{{"get"},
                                                       {"get", ""},
                                                       {"get", "a b"},
                                                       {"get", "a\r\nflush_all"},
                                                       {"get", std::string(251, 'k')},
                                                       {"set", "k"},
                                                       {"set", "k", "0", "0", "5"},
                                                       {"set", "k", "v", "EX"},
                                                       {"set", "k", "v", "EX", "x"},
                                                       {"set", "k", "v", "NX"},
                                                       {"set", "k", "v", "FLAGS", "-1"},
                                                       {"set", "k", "v", "FLAGS", "4294967296"},
                                                       {"cas", "k", "v"},
                                                       {"cas", "k", "v", "1 2"},
                                                       {"incr", "k"},
                                                       {"incr", "k", "1", "2", "3"},
                                                       {"version", "x"},
                                                       {"mg", "k", "v\r\nflush_all"},
                                                       {"nosuch", "a\nb"},
                                                       {"a b"}}) {
        BOOST_CHECK_THROW((void)memcached_request(command), UsageError);
    }
}

BOOST_AUTO_TEST_CASE(a_get_of_one_key_is_the_value_or_null)
{
    memcached({"get", "k"}, "VALUE k 5 5\r\nhello\r\nEND\r\n", bulk("hello"), ExitCode::done);
    memcached({"get", "k"}, "END\r\n", {}, ExitCode::miss);
    memcached({"GET", "k"}, "END\r\n", {}, ExitCode::miss);
    memcached({"gat", "60", "k"}, "END\r\n", {}, ExitCode::miss);
}

BOOST_AUTO_TEST_CASE(a_get_of_several_keys_is_a_map_with_its_misses)
{
    memcached({"get", "a", "b"}, "VALUE b 0 1\r\nx\r\nEND\r\n",
              {Type::map, {}, {simple("a"), {}, simple("b"), bulk("x")}}, ExitCode::miss);
}

BOOST_AUTO_TEST_CASE(gets_describes_the_item)
{
    memcached(
        {"gets", "k"}, "VALUE k 5 1 42\r\nx\r\nEND\r\n",
        {Type::map,
         {},
         {simple("value"), bulk("x"), simple("flags"), number("5"), simple("cas"), number("42")}},
        ExitCode::done);
}

BOOST_AUTO_TEST_CASE(lines_numbers_and_errors)
{
    memcached({"set", "k", "v"}, "STORED\r\n", simple("STORED"), ExitCode::done);
    memcached({"add", "k", "v"}, "NOT_STORED\r\n", simple("NOT_STORED"), ExitCode::miss);
    memcached({"cas", "k", "v", "1"}, "EXISTS\r\n", simple("EXISTS"), ExitCode::miss);
    memcached({"delete", "k"}, "NOT_FOUND\r\n", simple("NOT_FOUND"), ExitCode::miss);
    memcached({"incr", "k", "1"}, "18446744073709551615\r\n", number("18446744073709551615"),
              ExitCode::done);
    memcached({"incr", "k", "x"}, "CLIENT_ERROR invalid numeric delta argument\r\n",
              {Type::error, "CLIENT_ERROR invalid numeric delta argument", {}},
              ExitCode::server_error);
    memcached({"nosuch"}, "ERROR\r\n", {Type::error, "ERROR", {}}, ExitCode::server_error);
    memcached({"shutdown"}, "ERROR: shutdown not enabled\r\n",
              {Type::error, "ERROR: shutdown not enabled", {}}, ExitCode::server_error);
}

BOOST_AUTO_TEST_CASE(an_unknown_storage_command_closes_because_its_value_was_run_as_a_command)
{
    memcached({"ms", "k", "v"}, "ERROR\r\n", {Type::error, "ERROR", {}}, ExitCode::server_error,
              false);
}

BOOST_AUTO_TEST_CASE(stats_are_a_table_and_lists_are_lists)
{
    memcached({"stats"}, "STAT pid 7\r\nSTAT empty \r\nEND\r\n",
              {Type::map, {}, {simple("pid"), simple("7"), simple("empty"), simple("")}},
              ExitCode::done);
    memcached({"lru_crawler", "metadump", "all"}, "key=a exp=-1\r\nkey=b exp=-1\r\nEND\r\n",
              {Type::array, {}, {simple("key=a exp=-1"), simple("key=b exp=-1")}}, ExitCode::done);
}

BOOST_AUTO_TEST_CASE(meta_replies_are_shown_as_they_came)
{
    memcached({"mg", "k", "v", "t"}, "VA 2 t-1\r\nhi\r\n",
              {Type::array, {}, {simple("VA 2 t-1"), bulk("hi")}}, ExitCode::done);
    memcached({"mg", "k", "v"}, "EN\r\n", simple("EN"), ExitCode::miss);
    memcached({"ms", "k", "v"}, "HD\r\n", simple("HD"), ExitCode::done);
    memcached({"me", "k"}, "ME k exp=-1 la=0\r\n", simple("ME k exp=-1 la=0"), ExitCode::done);
}

BOOST_AUTO_TEST_CASE(a_command_without_a_reply_ends_with_the_one_behind_it)
{
    memcached({"set", "k", "v", "noreply"}, "VERSION 1.6\r\n", simple(""), ExitCode::done);
    memcached({"set", "k", "v", "noreply"}, "SERVER_ERROR full\r\nVERSION 1.6\r\n",
              {Type::error, "SERVER_ERROR full", {}}, ExitCode::server_error);
    memcached({"mg", "k", "v", "q"}, "VA 1\r\nx\r\nMN\r\n",
              {Type::array, {}, {simple("VA 1"), bulk("x")}}, ExitCode::done);
    memcached({"mg", "k", "v", "q"}, "MN\r\n", simple(""), ExitCode::done);
}

BOOST_AUTO_TEST_CASE(what_a_redis_reply_means_depends_on_the_question)
{
    redis({"GET", "k"}, "$-1\r\n", ExitCode::miss);
    redis({"GET", "k"}, "$0\r\n\r\n", ExitCode::done);
    redis({"exists", "k"}, ":0\r\n", ExitCode::miss);
    redis({"LLEN", "k"}, ":0\r\n", ExitCode::done);
    redis({"MGET", "a", "b"}, "*2\r\n$1\r\nx\r\n_\r\n", ExitCode::miss);
    redis({"LRANGE", "k", "0", "-1"}, "*0\r\n", ExitCode::done);
    redis({"GET", "k"}, "-WRONGTYPE x\r\n", ExitCode::server_error);
    redis({"EXEC"}, "*2\r\n+OK\r\n-ERR x\r\n", ExitCode::server_error);
    redis({"EXEC"}, "*-1\r\n", ExitCode::miss);
}

BOOST_AUTO_TEST_CASE(a_text_for_people_is_one_in_resp2_too)
{
    const auto type_of = [](const Command& command, std::string_view reply) {
        Type type = Type::null;
        ask<kv::shell::RedisSpeaker>(
            command, reply, [&](const Value& answer, ExitCode, bool) { type = answer.type; });
        return type;
    };
    BOOST_CHECK(type_of({"info"}, "$3\r\na:1\r\n") == Type::verbatim);
    BOOST_CHECK(type_of({"CLIENT", "list"}, "$3\r\nid=\r\n") == Type::verbatim);
    BOOST_CHECK(type_of({"client", "getname"}, "$3\r\nada\r\n") == Type::bulk);
    BOOST_CHECK(type_of({"get", "info"}, "$3\r\na:1\r\n") == Type::bulk);
}

BOOST_AUTO_TEST_CASE(a_shutdown_that_is_refused_ends_nothing)
{
    redis({"SHUTDOWN"}, "-ERR not allowed\r\n", ExitCode::server_error);
}

BOOST_AUTO_TEST_CASE(another_protocol_is_named)
{
    const auto says = [](auto speaker_of, const Command& command, std::string_view reply) {
        const auto script = std::make_shared<Script>();
        script->chunks = {std::string(reply)};
        auto speaker = speaker_of(std::make_unique<kv::client::Connection>(
            std::make_unique<ScriptedLink>(script), kv::ClientOptions{}));
        try {
            (void)speaker.ask(command);
        } catch (const kv::NonsenseReply& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const auto memcache = [](auto connection) {
        return kv::shell::MemcachedSpeaker(std::move(connection));
    };
    const auto resp = [](auto connection) {
        return kv::shell::RedisSpeaker(std::move(connection));
    };
    for (const Command& command :
         {Command{"get", "k"}, {"set", "k", "1"}, {"stats"}, {"delete", "k"}}) {
        for (const auto* reply : {"-ERR unknown command\r\n", "+OK\r\n", ":1\r\n", "$-1\r\n"}) {
            BOOST_TEST(says(memcache, command, reply).ends_with("try redis://"));
        }
        BOOST_TEST(says(memcache, command, "HTTP/1.1 400 Bad\r\n").ends_with("a web server"));
        BOOST_TEST(says(memcache, command, "hello\r\n").find("looks like") == std::string::npos);
        BOOST_TEST(!says(memcache, command, "hello\r\n").empty());
    }
    BOOST_TEST(says(resp, {"GET", "k"}, "ERROR\r\n").ends_with("try memcache://"));
    BOOST_TEST(says(resp, {"GET", "k"}, "HTTP/1.1 400 Bad\r\n").ends_with("a web server"));
}

BOOST_AUTO_TEST_CASE(news_before_an_answer_are_not_the_answer)
{
    ask<kv::shell::RedisSpeaker>(
        {"GET", "k"}, ">2\r\n+invalidate\r\n*0\r\n$1\r\nx\r\n",
        [](const Value& answer, ExitCode, bool) { BOOST_CHECK(answer == bulk("x")); });
}

BOOST_AUTO_TEST_CASE(a_list_cut_short_is_no_whole_list)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"key=a exp=-1\r\n"};
    kv::shell::MemcachedSpeaker speaker(std::make_unique<kv::client::Connection>(
        std::make_unique<ScriptedLink>(script), kv::ClientOptions{}));
    BOOST_CHECK_THROW(speaker.listen({"lru_crawler", "metadump", "hash"}, std::chrono::seconds(1),
                                     [](const Value&) { return true; }),
                      kv::ConnectionLost);
}

BOOST_AUTO_TEST_CASE(many_commands_go_out_together_and_are_answered_in_order)
{
    const auto script = std::make_shared<Script>();
    script->chunks = {"VALUE a 0 1\r\nx\r\nEND\r\n", "STORED\r\n7\r\n"};
    kv::shell::MemcachedSpeaker speaker(std::make_unique<kv::client::Connection>(
        std::make_unique<ScriptedLink>(script), kv::ClientOptions{}));
    const std::vector<Command> commands{{"get", "a"}, {"set", "b", "y"}, {"incr", "c", "1"}};
    const auto answers = speaker.ask_all(commands);
    BOOST_TEST(script->sent == "get a\r\nset b 0 0 1\r\ny\r\nincr c 1\r\n");
    BOOST_CHECK((answers == std::vector<Value>{bulk("x"), simple("STORED"), number("7")}));
}

BOOST_AUTO_TEST_SUITE_END()
