// SLOWLOG, LATENCY, INFO's statistics of commands, and the settings they go by.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(diagnostic_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;
using kv::test::ScriptedTransport;

namespace {

std::string replies(const RedisTalk& talk, std::initializer_list<std::string> lines)
{
    ScriptedTransport peer;
    for (const std::string& line : lines) peer.sends(request(line));
    return talk.hold(peer).replies;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(settings_are_checked_before_any_is_set, RedisTalk)
{
    const std::string failed = "-ERR CONFIG SET failed (possibly related to argument '";
    ask({{"CONFIG SET slowlog-max-len 7 slowlog-log-slower-than -1", ok},
         {"CONFIG GET slowlog*", "*4\r\n" + bulk("slowlog-log-slower-than") + bulk("-1") +
                                     bulk("slowlog-max-len") + bulk("7")},
         {"CONFIG SET slowlog-max-len 8 latency-monitor-threshold x",
          failed + "latency-monitor-threshold') - argument couldn't be parsed into an integer\r\n"},
         {"CONFIG SET slowlog-max-len -1",
          failed + "slowlog-max-len') - argument must be between 0 and 9223372036854775807 "
                   "inclusive\r\n"},
         {"CONFIG SET slowlog-max-len 8 SLOWLOG-max-len 9",
          failed + "slowlog-max-len') - duplicate parameter\r\n"},
         {"CONFIG GET slowlog-max-len", "*2\r\n" + bulk("slowlog-max-len") + bulk("7")}},
        17);
}

BOOST_FIXTURE_TEST_CASE(the_slow_log_keeps_the_last_requests, RedisTalk)
{
    const std::string bad_count = "-ERR count should be greater than or equal to -1\r\n";
    ask({{"CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 2", ok},
         {"PING", "+PONG\r\n"},
         {"ECHO x", bulk("x")},
         {"SLOWLOG LEN", ":2\r\n"},
         {"CONFIG SET slowlog-log-slower-than -1", ok},
         {"SLOWLOG RESET", ok},
         {"SLOWLOG LEN", ":0\r\n"},
         {"SLOWLOG GET -1", "*0\r\n"},
         {"SLOWLOG GET x", bad_count},
         {"SLOWLOG GET -2", bad_count}},
        11);
    const std::string told =
        replies(*this, {"CONFIG SET slowlog-log-slower-than 0", "AUTH default secret", "MULTI",
                        "SET k value", "EXEC", "ECHO " + std::string(200, 'x'), "SLOWLOG GET"});
    BOOST_TEST(has(told, "*1\r\n" + bulk("MULTI")));
    BOOST_TEST(has(told, "*3\r\n" + bulk("SET") + bulk("k") + bulk("... (5 bytes)")));
    BOOST_TEST(!has(told, bulk("EXEC")));
    BOOST_TEST(has(told, bulk("(redacted)")));
    BOOST_TEST(!has(told, "secret"));
    BOOST_TEST(has(told, bulk(std::string(128, 'x') + "... (72 more bytes)") + bulk("nowhere")));
}

BOOST_FIXTURE_TEST_CASE(info_counts_calls_failures_and_refusals, RedisTalk)
{
    const std::string told =
        replies(*this, {"SET k v", "GET k", "GET k", "INCR k", "GET", "NONSENSE", "MULTI", "INCR k",
                        "EXEC", "INFO commandstats", "INFO errorstats", "LATENCY HISTOGRAM get"});
    BOOST_TEST(has(told, "cmdstat_get:calls=2,usec="));
    BOOST_TEST(has(told, ",rejected_calls=1,failed_calls=0\r\n"));
    BOOST_TEST(has(told, "cmdstat_incr:calls=2,"));
    BOOST_TEST(has(told, ",rejected_calls=0,failed_calls=2\r\n"));
    BOOST_TEST(has(told, "# Errorstats\r\nerrorstat_ERR:count=4\r\n"));
    BOOST_TEST(has(told, "*2\r\n" + bulk("get") + "*4\r\n" + bulk("calls") + ":2\r\n" +
                             bulk("histogram_usec")));
    const std::string reset = replies(*this, {"GET k", "CONFIG RESETSTAT", "INFO commandstats"});
    BOOST_TEST(!has(reset, "cmdstat_get"));
    BOOST_TEST(has(reset, "cmdstat_config|resetstat:calls=1"));
}

BOOST_FIXTURE_TEST_CASE(the_latency_monitor_is_off_until_it_is_asked_for, RedisTalk)
{
    ask({{"LATENCY LATEST", "*0\r\n"},
         {"LATENCY HISTORY command", "*0\r\n"},
         {"LATENCY GRAPH command", "-ERR No samples available for event 'command'\r\n"},
         {"LATENCY RESET", ":0\r\n"},
         {"LATENCY HISTOGRAM nonsense", "*0\r\n"}},
        5);
    const std::string told =
        replies(*this, {"CONFIG SET latency-monitor-threshold 2", "DEBUG SLEEP 0.005",
                        "LATENCY RESET nonsense", "LATENCY RESET"});
    BOOST_TEST(told == "+OK\r\n+OK\r\n:0\r\n:1\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_pause_is_as_long_as_it_is_asked_for, RedisTalk)
{
    ask({{"CLIENT PAUSE x", "-ERR timeout is not an integer or out of range\r\n"},
         {"CLIENT PAUSE -1", "-ERR timeout is negative\r\n"},
         {"CLIENT PAUSE 1 READ", "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n"},
         {"CLIENT PAUSE 1000000 WRITE", ok},
         {"GET k", null},
         {"CLIENT UNPAUSE", ok},
         {"SET k v", ok},
         {"CLIENT PAUSE 1", ok},
         {"GET k", bulk("v")}},
        19);
}

BOOST_AUTO_TEST_SUITE_END()
