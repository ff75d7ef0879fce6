// A Boost.Test suite that carries its server: each case begins with an empty one on a free port.
#define BOOST_TEST_MODULE cache
#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include <kvserver/client/client.h>
#include <kvserver/server/server.h>

struct Cache {
    kv::Server server{
        {.listen = {kv::parse_uri("memcache://127.0.0.1:0")}, .log_level = kv::LogLevel::warning}};
    kv::Client client{server.uris().front()};
};

BOOST_FIXTURE_TEST_CASE(keeps_what_it_is_given, Cache)
{
    client.set("greeting", "hello");
    BOOST_TEST(client.get("greeting")->value == "hello");
}

BOOST_FIXTURE_TEST_CASE(begins_empty, Cache)
{
    BOOST_TEST(!client.get("greeting"));
}
