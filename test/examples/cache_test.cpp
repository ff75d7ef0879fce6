// A Boost.Test suite that carries its server: each case begins with an empty one on a free port.
#define BOOST_TEST_MODULE cache
#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include <kvserver/client/client.h>
#include <kvserver/server/server.h>

struct Cache {
    kv::Server server{{.virtual_clock = true, .log_level = kv::LogLevel::warning}};
    kv::Client client{server.uris().front()};
};

BOOST_FIXTURE_TEST_CASE(keeps_what_it_is_given, Cache)
{
    client.set("greeting", "hello");
    BOOST_TEST(client.get("greeting")->value == "hello");
}

BOOST_FIXTURE_TEST_CASE(forgets_in_time, Cache)
{
    client.set("session", "open", {.expiry = std::chrono::seconds(60)});
    client.advance_clock(std::chrono::seconds(61));  // a minute later, without waiting for it
    BOOST_TEST(!client.get("session"));
}

BOOST_FIXTURE_TEST_CASE(begins_empty, Cache)
{
    BOOST_TEST(!client.get("greeting"));
}
