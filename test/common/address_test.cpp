#include "common/address.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(address_test)

using kv::bound_uri;
using kv::is_local;
using kv::parse_uri;
using kv::resolve;
using kv::to_string;

namespace {

kv::Endpoint endpoint_of(std::string_view uri)
{
    return resolve(parse_uri(uri)).front();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_numeric_address_is_its_own_endpoint)
{
    BOOST_TEST(to_string(endpoint_of("memcache://127.0.0.1:11211")) == "127.0.0.1:11211");
    BOOST_TEST(to_string(endpoint_of("memcache://[::1]:7")) == "[::1]:7");
    BOOST_TEST(to_string(endpoint_of("memcache+unix:///tmp/kv.sock")) == "unix");
}

BOOST_AUTO_TEST_CASE(ipv4_comes_first_for_a_name)
{
    BOOST_TEST(to_string(endpoint_of("memcache://localhost:7")) == "127.0.0.1:7");
}

BOOST_AUTO_TEST_CASE(a_name_nobody_has_is_an_error)
{
    BOOST_CHECK_THROW((void)endpoint_of("memcache://256.256.256.256:7"),
                      boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(loopback_and_unix_sockets_are_local)
{
    for (const char* uri : {"x://127.0.0.1:1", "x://127.1.2.3:1", "x://[::1]:1", "x+unix:///a"}) {
        BOOST_TEST(is_local(endpoint_of(uri)), uri);
    }
}

BOOST_AUTO_TEST_CASE(every_other_address_is_not_local)
{
    for (const char* uri : {"x://0.0.0.0:1", "x://192.168.0.1:1", "x://128.0.0.1:1", "x://[::]:1",
                            "x://[fe80::1]:1"}) {
        BOOST_TEST(!is_local(endpoint_of(uri)), uri);
    }
}

BOOST_AUTO_TEST_CASE(a_bound_uri_has_the_real_address_and_port)
{
    const auto bound = endpoint_of("x://127.0.0.1:4711");
    BOOST_TEST(to_string(bound_uri(parse_uri("memcache://localhost:0"), bound)) ==
               "memcache://127.0.0.1:4711");
    const auto six = endpoint_of("x://[::1]:4711");
    BOOST_TEST(to_string(bound_uri(parse_uri("simple://[::1]:0"), six)) == "simple://[::1]:4711");
    const auto local = parse_uri("memcache+unix:///tmp/kv.sock");
    BOOST_TEST((bound_uri(local, endpoint_of("memcache+unix:///tmp/kv.sock")) == local));
}

BOOST_AUTO_TEST_SUITE_END()
