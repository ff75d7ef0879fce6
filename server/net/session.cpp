#include "server/net/session.h"

#include "common/address.h"
#include "server/net/debug_log.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <array>
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

    BufferedStream stream(transport_, settings_.timeouts, &mailbox_, observer);
    const Ended ended = scheme_.converse(
        {stream, {settings_.store, settings_.server, client_}, settings_.max_item_bytes, observer});
    if (ended == Ended::by_us) linger();
}

/// We end the conversation, but the client may still be sending. Closing with its bytes unread
/// would make the kernel send a reset, which can overtake our last reply: so we end our side, then
/// read and forget for a moment (RFC 9112, section 9.6, says why).
void Session::linger()
{
    ::shutdown(socket_.native_handle(), SHUT_WR);
    const Deadline deadline = deadline_after(std::chrono::seconds(1));
    std::array<char, 4096> forgotten;
    for (int reads = 0; reads < 16; ++reads) {
        if (transport_.wait_readable(nullptr, deadline) == Wakeup::timed_out) return;
        const auto got = transport_.try_read(forgotten);
        if (got && *got == 0) return;
    }
}

void Session::turn_away() noexcept
{
    const std::string_view line = scheme_.busy_line;
    const int socket = socket_.native_handle();
    (void)::send(socket, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(socket, SHUT_WR);
    // What the client has sent already is read, or closing would reset the connection (see linger).
    std::array<char, 4096> forgotten;
    for (int reads = 0; reads < 16; ++reads) {
        if (::recv(socket, forgotten.data(), forgotten.size(), MSG_DONTWAIT) <= 0) return;
    }
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
