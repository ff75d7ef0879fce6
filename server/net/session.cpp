#include "server/net/session.h"

#include "common/address.h"
#include "server/net/debug_log.h"
#include "server/net/sockets.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <optional>

namespace kv {

namespace {

/// A client that has gone before we looked has no address any more; it is served all the same.
std::string address_of(const Socket& socket, bool of_peer)
{
    boost::system::error_code error;
    const Endpoint endpoint =
        of_peer ? socket.remote_endpoint(error) : socket.local_endpoint(error);
    return error ? "gone" : to_string(endpoint);
}

}  // namespace

Session::Session(Socket socket, const Scheme& scheme, std::uint64_t id,
                 const SessionSettings& settings)
    : socket_(std::move(socket)),
      scheme_(scheme),
      settings_(settings),
      client_(id, scheme.name, address_of(socket_, true), address_of(socket_, false)),
      name_(fmt::format("{} client {} from {}", scheme.name, id, client_.address())),
      transport_(socket_, &client_.traffic())
{
}

void Session::run() noexcept
{
    Log& log = settings_.log;
    log.debug(fmt::format("{}: accepted", name_));
    try {
        serve();
        log.debug(fmt::format("{}: closed", name_));
    } catch (const TimedOut& timeout) {
        log.info(fmt::format("{}: closed: {}", name_, timeout.what()));
    } catch (const std::exception& error) {
        // A client that vanishes is no event for whoever runs the server.
        log.debug(fmt::format("{}: closed: {}", name_, error.what()));
    }
    // Tells the peer at once; the descriptor itself goes when this session is joined.
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

void Session::serve()
{
    std::optional<DebugLog> debug_log;
    if (settings_.log.is_on(LogLevel::debug)) debug_log.emplace(settings_.log, name_);
    Observer* observer = debug_log ? &*debug_log : nullptr;

    BufferedStream stream(transport_, settings_.timeouts, &client_.mailbox(), observer);
    const Ended ended = scheme_.converse(
        {stream, {settings_.store, settings_.server, client_}, settings_.max_item_bytes, observer});
    if (ended == Ended::by_us) linger(socket_);
}

void Session::turn_away() noexcept
{
    kv::turn_away(socket_, scheme_.busy_line);
}

void Session::finish()
{
    transport_.read_no_further();
    ::shutdown(socket_.native_handle(), SHUT_RD);
}

void Session::cut()
{
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

}  // namespace kv
