#include "server/net/session.h"

#include "server/net/debug_log.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <array>
#include <optional>

namespace kv {

Session::Session(Socket socket, const Scheme& scheme, std::string name,
                 const SessionSettings& settings)
    : socket_(std::move(socket)),
      scheme_(scheme),
      name_(std::move(name)),
      settings_(settings),
      transport_(socket_, &settings.traffic)
{
}

void Session::run() noexcept
{
    Log& log = settings_.log;
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
    const Ended ended =
        scheme_.converse({stream, settings_.context, settings_.max_item_bytes, observer});
    if (ended == Ended::by_us) linger();
}

/// We end the conversation, but the client may still be sending. Closing with its bytes unread would
/// make the kernel send a reset, which can overtake our last reply: so we end our side, then read
/// and forget for a moment (RFC 9112, section 9.6, says why).
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
