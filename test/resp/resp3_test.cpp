// The forms that only version 3 of the protocol has.
#include "server/command/nested_writer.h"
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(resp3_test)

using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

namespace {

std::string hello_reply(const std::string& header, int version)
{
    return header + bulk("server") + bulk("redis") + bulk("version") + bulk("7.0.15") +
           bulk("proto") + ":" + std::to_string(version) + "\r\n" + bulk("id") + ":1\r\n" +
           bulk("mode") + bulk("standalone") + bulk("role") + bulk("master") + bulk("modules") +
           "*0\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(hello_chooses_the_version, RedisTalk)
{
    ask({{"HELLO", hello_reply("*14\r\n", 2)},
         {"GET k", "$-1\r\n"},
         {"HELLO 3", hello_reply("%7\r\n", 3)},
         {"GET k", "_\r\n"},
         {"HELLO", hello_reply("%7\r\n", 3)},
         {"HELLO 2", hello_reply("*14\r\n", 2)},
         {"GET k", "$-1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(hello_can_log_in_and_give_a_name, RedisTalk)
{
    ask({{"HELLO 3 AUTH default any SETNAME me", hello_reply("%7\r\n", 3)},
         {"CLIENT GETNAME", bulk("me")},
         {"HELLO 3 AUTH somebody any",
          "-WRONGPASS invalid username-password pair or user is disabled.\r\n"},
         {"HELLO 4", "-NOPROTO unsupported protocol version\r\n"},
         {"HELLO x", "-ERR Protocol version is not an integer or out of range\r\n"},
         {"HELLO 3 NONSENSE", "-ERR Syntax error in HELLO option 'NONSENSE'\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(maps_sets_and_nulls_have_their_own_forms, RedisTalk)
{
    ask({{"HELLO 3", hello_reply("%7\r\n", 3)},
         {"CONFIG GET appendonly", "%1\r\n" + bulk("appendonly") + bulk("no")},
         {"COMMAND INFO nonsense", "*1\r\n_\r\n"},
         {"WATCH k", "+OK\r\n"},
         {"SET k v", "+OK\r\n"},
         {"MULTI", "+OK\r\n"},
         {"EXEC", "_\r\n"},
         {"RESET", "+RESET\r\n"},
         {"CONFIG GET appendonly", "*2\r\n" + bulk("appendonly") + bulk("no")}});
}

BOOST_AUTO_TEST_CASE(a_nested_value_leaves_in_the_forms_of_the_version)
{
    kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    kv::NestedWriter writer(store, "k", 1000);
    writer.begin(kv::Container::dict, 1);
    writer.text("a");
    writer.begin(kv::Container::list, 4);
    writer.integer(5);
    writer.null();
    writer.boolean(true);
    writer.real(1.5);
    kv::Transaction(store).put(writer.finish().value(), kv::never);

    const RedisTalk talk;
    const auto say = [&](const std::string& requests) {
        kv::test::ScriptedTransport peer;
        peer.sends(requests);
        return talk.hold(peer, store).replies;
    };
    BOOST_TEST(say(request("GET k")) == "*2\r\n$1\r\na\r\n*4\r\n:5\r\n$-1\r\n:1\r\n$3\r\n1.5\r\n");
    BOOST_TEST(say(request("HELLO 3") + request("GET k"))
                   .ends_with("%1\r\n$1\r\na\r\n*4\r\n:5\r\n_\r\n#t\r\n,1.5\r\n"));
    BOOST_TEST(say(request("APPEND k x")) ==
               "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
    BOOST_TEST(say(request("TYPE k")) == "+nested\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
