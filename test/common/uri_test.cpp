// Addresses as they are written (URIs), and the endpoints they stand for.
#include "common/uri.h"

#include "common/address.h"

#include <boost/test/unit_test.hpp>

#include <sys/un.h>

BOOST_AUTO_TEST_SUITE(uri_test)

using kv::BadUri;
using kv::bound_uri;
using kv::is_local;
using kv::parse_uri;
using kv::resolve;
using kv::to_string;
using kv::Uri;

namespace {

/// What is wrong with `text`, or "" when nothing is.
std::string error_of(std::string_view text, std::uint16_t default_port = 0)
{
    try {
        (void)parse_uri(text, default_port);
    } catch (const BadUri& error) {
        return error.what();
    }
    return {};
}

bool mentions(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

kv::Endpoint endpoint_of(std::string_view uri)
{
    return resolve(parse_uri(uri)).front();
}

constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

BOOST_AUTO_TEST_CASE(scheme_host_and_port_are_read)
{
    BOOST_TEST(
        (parse_uri("memcache://127.0.0.1:11211") == Uri{"memcache", "127.0.0.1", 11211, ""}));
    BOOST_TEST((parse_uri("simple://localhost:0") == Uri{"simple", "localhost", 0, ""}));
    BOOST_TEST((parse_uri("redis://h:65535") == Uri{"redis", "h", 65535, ""}));
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_stands_in_brackets)
{
    BOOST_TEST((parse_uri("memcache://[::1]:11211") == Uri{"memcache", "::1", 11211, ""}));
    BOOST_TEST((parse_uri("memcache://[fe80::1]", 7) == Uri{"memcache", "fe80::1", 7, ""}));
}

BOOST_AUTO_TEST_CASE(a_unix_socket_has_a_path)
{
    const Uri uri = parse_uri("memcache+unix:///tmp/kv.sock");
    BOOST_TEST((uri == Uri{"memcache", "", 0, "/tmp/kv.sock"}));
    BOOST_TEST(uri.is_unix());
    BOOST_TEST(!parse_uri("memcache://h:1").is_unix());
}

BOOST_AUTO_TEST_CASE(the_default_port_is_taken_when_none_is_named)
{
    BOOST_TEST(parse_uri("memcache://h", 11211).port == 11211);
    BOOST_TEST(parse_uri("memcache://h/", 11211).port == 11211);
    BOOST_TEST(parse_uri("memcache://h:5", 11211).port == 5);
    BOOST_TEST(parse_uri("memcache://h:0", 11211).port == 0);
}

BOOST_AUTO_TEST_CASE(the_scheme_is_not_judged)
{
    BOOST_TEST(parse_uri("whatever://h:1").scheme == "whatever");
}

BOOST_AUTO_TEST_CASE(text_and_uri_are_the_same_both_ways)
{
    for (const std::string_view text :
         {"memcache://127.0.0.1:11211", "simple://localhost:0", "redis://[::1]:31337",
          "memcache+unix:///run/kv/a b.sock", "redis+unix:///x"}) {
        const Uri uri = parse_uri(text);
        BOOST_TEST(to_string(uri) == text);
        BOOST_TEST((parse_uri(to_string(uri)) == uri));
    }
}

BOOST_AUTO_TEST_CASE(an_error_names_the_uri)
{
    BOOST_TEST(mentions(error_of("nonsense"), "nonsense"));
    BOOST_TEST(mentions(error_of("memcache://h:99999"), "memcache://h:99999"));
}

BOOST_AUTO_TEST_CASE(without_a_scheme_it_is_no_uri)
{
    for (const std::string_view text : {"", "h:1", "://h:1", "memcache:h:1", "memcache:/h:1"}) {
        BOOST_TEST(mentions(error_of(text), "SCHEME://"), text);
    }
}

BOOST_AUTO_TEST_CASE(the_host_is_required)
{
    for (const std::string_view text : {"memcache://", "memcache://:1", "memcache://[]:1"}) {
        BOOST_TEST(mentions(error_of(text), "host is missing"), text);
    }
}

BOOST_AUTO_TEST_CASE(the_port_is_required_without_a_default)
{
    for (const std::string_view text : {"memcache://h", "memcache://h:", "memcache://[::1]"}) {
        BOOST_TEST(mentions(error_of(text), "port is missing"), text);
    }
}

BOOST_AUTO_TEST_CASE(the_port_is_a_number_from_0_to_65535)
{
    for (const std::string_view text :
         {"memcache://h:65536", "memcache://h:-1", "memcache://h:+1", "memcache://h:http",
          "memcache://h: 1", "memcache://h:1x"}) {
        BOOST_TEST(mentions(error_of(text), "0 to 65535"), text);
    }
}

BOOST_AUTO_TEST_CASE(brackets_are_closed_and_followed_by_a_port_only)
{
    BOOST_TEST(mentions(error_of("memcache://[::1:11211"), "bracket"));
    BOOST_TEST(mentions(error_of("memcache://[::1]x:1"), "bracket"));
    BOOST_TEST(mentions(error_of("memcache://::1:11211"), "brackets"));
    BOOST_TEST(!mentions(error_of("redis://h:1:2"), "brackets"));
    BOOST_TEST(mentions(error_of("redis://a:1,redis://b:2"), "single address"));
    BOOST_TEST(mentions(error_of("redis://h:6379/2/3"), "follow the port"));
    BOOST_TEST(mentions(error_of("redis://:secret@h:1"), "password"));
    BOOST_TEST(!mentions(error_of("redis://:secret@h:1"), "secret"));
}

BOOST_AUTO_TEST_CASE(a_unix_path_is_absolute)
{
    for (const std::string_view text :
         {"memcache+unix://", "memcache+unix:///", "memcache+unix://relative/path"}) {
        BOOST_TEST(mentions(error_of(text), "SCHEME+unix:///PATH"), text);
    }
}

BOOST_AUTO_TEST_CASE(a_unix_path_is_as_long_as_the_kernel_takes)
{
    const std::string longest = "/" + std::string(longest_path - 1, 'p');
    BOOST_TEST(error_of("memcache+unix://" + longest) == "");
    BOOST_TEST(mentions(error_of("memcache+unix://" + longest + "p"), "longer"));
}

// --- the addresses they stand for ---

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
