// A reply that its protocol has no words for is a mistake of ours: it is logged, and the connection
// closed, since a client left in silence would wait for ever.
#include "server/net/session.h"

#include "server/memcached/dialect.h"
#include "server/miniredis/dialect.h"
#include "server/simple/dialect.h"
#include "test/support/manual_clock.h"
#include "test/support/no_server.h"
#include "test/support/scripted_transport.h"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

BOOST_AUTO_TEST_SUITE(session_test)

namespace {

using kv::UnwritableReply;

/// What is written to standard error while `what` runs.
template <class What>
std::string errors_of(What what)
{
    std::FILE* file = std::tmpfile();
    const int before = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    what();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    std::rewind(file);
    std::array<char, 4096> text;
    const std::size_t size = std::fread(text.data(), 1, text.size(), file);
    std::fclose(file);
    return {text.data(), size};
}

/// Everything until the other end closes.
std::string read_to_close(int descriptor)
{
    std::string all;
    std::array<char, 64> piece;
    for (ssize_t count = 0; (count = ::read(descriptor, piece.data(), piece.size())) > 0;) {
        all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
}

/// A dialect with its stream, to be given a reply for a request that it was not made for.
template <class Dialect, class Request, class Reply>
void write(const Request& request, const Reply& reply)
{
    const kv::test::ManualClock clock;
    kv::Store store(clock, 0);
    kv::test::ScriptedTransport peer;
    kv::BufferedStream stream(peer, {});
    Dialect(store, 100).write_reply(stream, request, reply);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reply_that_cannot_be_written_closes_the_connection_and_is_logged)
{
    const kv::Scheme scheme{"speechless", "",
                            [](const kv::Conversation&) -> kv::Ended { throw UnwritableReply(); }};
    std::array<int, 2> ends;
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    const std::string errors = errors_of([&] {
        const kv::test::ManualClock clock;
        kv::Store store(clock, 0);
        kv::test::NoServer server;
        kv::Log log(kv::LogLevel::error);
        const kv::SessionSettings settings{store, server, log, {}, {}, 0, {}};
        kv::asio::io_context context;
        kv::Socket socket(context, kv::StreamProtocol(AF_UNIX, 0), ends[0]);
        kv::Session session(std::move(socket), scheme, {}, 7, settings);
        session.run();
        BOOST_TEST(read_to_close(ends[1]) == "");
    });
    ::close(ends[1]);
    BOOST_TEST(errors.find("speechless client 7 from ") != std::string::npos, errors);
    BOOST_TEST(
        errors.find("closed: a reply that this protocol has no words for") != std::string::npos,
        errors);
}

BOOST_AUTO_TEST_CASE(no_dialect_leaves_out_a_reply_in_silence)
{
    namespace memcached = kv::memcached;
    const kv::Reply many = kv::FoundMany{};
    BOOST_CHECK_THROW(write<kv::simple::Dialect>(kv::simple::Request{kv::NoOp{}}, many),
                      UnwritableReply);
    BOOST_CHECK_THROW(
        write<kv::miniredis::Dialect>(kv::miniredis::Request{kv::NoOp{}}, kv::Reply(kv::NoReply{})),
        UnwritableReply);
    const memcached::Reply state = memcached::ItemState{};
    memcached::Request classic{memcached::Get{}};
    BOOST_CHECK_THROW(write<memcached::Dialect>(classic, state), UnwritableReply);
    memcached::Request meta{memcached::MetaGet{}};
    meta.meta = memcached::MetaFlags{};
    const memcached::Reply rows = memcached::Statistics{};
    BOOST_CHECK_THROW(write<memcached::Dialect>(meta, rows), UnwritableReply);
}

BOOST_AUTO_TEST_SUITE_END()
