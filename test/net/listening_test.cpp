// Where a server listens: ports, IPv6, unix sockets, and what it refuses.
#include "server/net/listener.h"
#include "test/support/running_server.h"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

BOOST_AUTO_TEST_SUITE(listening_test)

namespace {

using kv::CannotListen;
using kv::test::RawClient;
using kv::test::RunningServer;

bool serves(const kv::Uri& uri)
{
    return RawClient(uri).answers("get nothing\r\n", "END\r\n");
}

/// What the server says when it cannot start; "" when it can.
std::string refusal(const std::string& uri, kv::Options options = {})
{
    try {
        const RunningServer server(std::move(options), {uri});
    } catch (const CannotListen& error) {
        return error.what();
    }
    return {};
}

bool mentions(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// A folder of the test's own, gone afterwards.
struct Folder {
    Folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "kv-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string socket_path() const { return path / "kv.sock"; }
    [[nodiscard]] std::string uri() const { return "memcache+unix://" + socket_path(); }

    std::filesystem::path path;
};

mode_t mode_of(const std::string& path)
{
    struct stat status {};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

/// A socket file as a server that was killed leaves it.
void leave_stale_socket(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(socket, 1) == 0);
    ::close(socket);
}

}  // namespace

// --- TCP ---

BOOST_AUTO_TEST_CASE(port_0_is_any_free_port_and_it_is_told_which)
{
    const RunningServer server;
    BOOST_TEST(server.uri().scheme == "memcache");
    BOOST_TEST(server.uri().host == "127.0.0.1");
    BOOST_TEST(server.uri().port != 0);
    BOOST_TEST(serves(server.uri()));
}

BOOST_AUTO_TEST_CASE(a_name_is_told_as_its_number)
{
    const RunningServer server("memcache://localhost:0");
    BOOST_TEST(server.uri().host == "127.0.0.1");
    BOOST_TEST(serves(server.uri()));
}

BOOST_AUTO_TEST_CASE(ipv6_works)
{
    const RunningServer server("memcache://[::1]:0");
    BOOST_TEST(server.uri().host == "::1");
    BOOST_TEST(serves(server.uri()));
}

BOOST_AUTO_TEST_CASE(several_servers_live_in_one_process)
{
    const RunningServer one;
    const RunningServer other;
    BOOST_TEST(one.uri().port != other.uri().port);
    BOOST_TEST(one.connect().answers("set a 0 0 1\r\n1\r\n", "STORED\r\n"));
    BOOST_TEST(other.connect().answers("get a\r\n", "END\r\n"));
    BOOST_TEST(one.connect().answers("get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n"));
}

BOOST_AUTO_TEST_CASE(all_listeners_of_a_server_share_one_store)
{
    const Folder folder;
    const std::string local = folder.uri();
    const RunningServer server(
        {}, {"memcache://127.0.0.1:0", "simple://127.0.0.1:0", "memcache://[::1]:0", local});
    BOOST_TEST(server.uri(1).scheme == "simple");
    BOOST_TEST(server.uri(3).path == folder.socket_path());
    BOOST_TEST(server.connect(0).answers("set a 0 0 5\r\nhello\r\n", "STORED\r\n"));
    BOOST_TEST(server.connect(1).answers("get a\r\n", "hello"));
    BOOST_TEST(server.connect(2).answers("get a\r\n", "VALUE a 0 5\r\nhello\r\nEND\r\n"));
    BOOST_TEST(server.connect(3).answers("get a\r\n", "VALUE a 0 5\r\nhello\r\nEND\r\n"));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_an_error_that_names_it)
{
    const RunningServer server;
    const std::string uri = to_string(server.uri());
    const std::string why = refusal(uri);
    BOOST_TEST(mentions(why, uri));
    BOOST_TEST(mentions(why, "in use"));
    BOOST_TEST(serves(server.uri()));
}

BOOST_AUTO_TEST_CASE(a_port_is_free_again_when_its_server_has_stopped)
{
    kv::Uri uri;
    {
        const RunningServer server;
        uri = server.uri();
        BOOST_TEST(serves(uri));
    }
    BOOST_CHECK_THROW(RawClient{uri}, std::runtime_error);
    const std::string same = to_string(uri);
    const RunningServer again{std::string_view(same)};
    BOOST_TEST(serves(uri));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_loopback_needs_permission)
{
    for (const char* uri : {"memcache://0.0.0.0:0", "memcache://[::]:0", "simple://192.0.2.1:0"}) {
        const std::string why = refusal(uri);
        BOOST_TEST(mentions(why, uri));
        BOOST_TEST(mentions(why, "--allow-remote"));
    }
    kv::Options permitted;
    permitted.allow_remote = true;
    BOOST_TEST(refusal("memcache://0.0.0.0:0", permitted) == "");
}

BOOST_AUTO_TEST_CASE(a_scheme_that_is_not_spoken_is_an_error_that_names_it)
{
    BOOST_TEST(mentions(refusal("gopher://127.0.0.1:0"), "gopher"));
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_an_error_that_names_it)
{
    BOOST_TEST(mentions(refusal("memcache://no.such.host.invalid:0"), "no.such.host.invalid"));
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_start_leaves_nothing_behind)
{
    const Folder folder;
    const RunningServer taken;
    const std::string local = folder.uri();
    const std::string second = to_string(taken.uri());
    BOOST_CHECK_THROW(RunningServer({}, {local, second}), CannotListen);
    BOOST_TEST(!std::filesystem::exists(folder.socket_path()));
}

// --- unix sockets ---

BOOST_AUTO_TEST_CASE(a_unix_socket_is_its_owners_whatever_the_umask_says)
{
    for (const mode_t umask : {0U, 022U, 0777U}) {
        const Folder folder;
        const mode_t before = ::umask(umask);
        const std::string local = folder.uri();
        const RunningServer server{std::string_view(local)};
        ::umask(before);
        BOOST_TEST(mode_of(folder.socket_path()) == 0700U);
        BOOST_TEST(serves(server.uri()));
    }
}

BOOST_AUTO_TEST_CASE(a_unix_socket_goes_with_its_server)
{
    const Folder folder;
    BOOST_TEST(refusal(folder.uri()) == "");
    BOOST_TEST(!std::filesystem::exists(folder.socket_path()));
}

BOOST_AUTO_TEST_CASE(a_stale_unix_socket_is_replaced)
{
    const Folder folder;
    leave_stale_socket(folder.socket_path());
    const std::string local = folder.uri();
    const RunningServer server{std::string_view(local)};
    BOOST_TEST(serves(server.uri()));
    BOOST_TEST(mode_of(folder.socket_path()) == 0700U);
}

BOOST_AUTO_TEST_CASE(a_live_unix_socket_is_not_stolen)
{
    const Folder folder;
    const std::string local = folder.uri();
    const RunningServer server{std::string_view(local)};
    BOOST_TEST(mentions(refusal(local), "in use"));
    BOOST_TEST(serves(server.uri()));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_socket_is_left_alone)
{
    const Folder folder;
    std::ofstream(folder.socket_path()) << "precious";
    BOOST_TEST(mentions(refusal(folder.uri()), folder.socket_path()));
    std::string content;
    std::ifstream(folder.socket_path()) >> content;
    BOOST_TEST(content == "precious");
}

BOOST_AUTO_TEST_CASE(a_folder_that_does_not_exist_is_an_error_that_names_it)
{
    BOOST_TEST(mentions(refusal("memcache+unix:///no/such/folder/kv.sock"), "/no/such/folder"));
}

BOOST_AUTO_TEST_SUITE_END()
