#include "server/net/impaired_transport.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

namespace kv {

std::optional<std::size_t> ImpairedTransport::try_read(std::span<char> into)
{
    if (impairment_.max_read > 0) {
        into = into.first(std::min<std::size_t>(into.size(), impairment_.max_read));
    }
    const auto got = transport_.try_read(into);
    if (got) delay();
    return got;
}

Wakeup ImpairedTransport::wait(Event event, const Mailbox* mailbox, Deadline deadline)
{
    return transport_.wait(event, mailbox, deadline);
}

std::size_t ImpairedTransport::try_write(std::string_view head, std::string_view tail)
{
    const std::string_view bytes = head.empty() ? tail : head;
    std::uint64_t size = bytes.size();
    if (impairment_.max_write > 0) size = std::min(size, impairment_.max_write);
    if (impairment_.reset_after > 0) size = std::min(size, impairment_.reset_after - sent_);
    delay();
    const std::size_t sent = transport_.try_write(bytes.substr(0, size), {});
    sent_ += sent;
    if (sent > 0 && sent_ == impairment_.reset_after) reset();
    return sent;
}

/// Waits for nothing but a hang-up.
void ImpairedTransport::delay()
{
    if (impairment_.delay.count() == 0) return;
    pollfd socket{socket_.native_handle(), 0, 0};
    (void)::poll(&socket, 1, static_cast<int>(impairment_.delay.count()));
}

/// Disconnecting a TCP socket makes the kernel forget the connection and tell the peer so with a
/// reset. Closing it is not ours: other threads may be about to shut it down by its number. (On a
/// unix socket, which knows no reset, it does nothing, and the client sees an ordinary end.)
void ImpairedTransport::reset()
{
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    (void)::connect(socket_.native_handle(), &nobody, sizeof nobody);
    throw ResetOnPurpose("reset, as --reset-after has it");
}

}  // namespace kv
