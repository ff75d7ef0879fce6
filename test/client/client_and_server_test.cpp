// A program that is client and server at once, as README shows it for tests: kv::client has its own
// idea of a key there too, whatever kv::server brings under the same names.
#include "client/client.h"
#include "client/errors.h"
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(client_and_server_test)

BOOST_AUTO_TEST_CASE(a_key_the_protocol_cannot_carry_is_refused_before_the_server_sees_it)
{
    const kv::test::RunningServer server;
    kv::Client client(server.uri());
    const std::pair<std::string, std::string> refusals[] = {
        {"", "the key is empty"},
        {"a b", "the key \"a b\" contains a blank or a control character"},
        {"k 0 0 0", "the key \"k 0 0 0\" contains a blank or a control character"},
    };
    for (const auto& [key, why] : refusals) {
        BOOST_CHECK_EXCEPTION(
            client.set(key, "value"), kv::BadArgument,
            [&why = why](const kv::BadArgument& error) { return error.what() == why; });
    }
    client.set("k", "value");
    BOOST_TEST(client.get("k")->value == "value");
}

BOOST_AUTO_TEST_SUITE_END()
