#include "common/socket_transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace kv {

namespace {

/// Most writes have one piece: for that, send(2) costs the system less than sendmsg(2).
std::size_t write_some(Socket& socket, std::string_view head, std::string_view tail,
                       boost::system::error_code& error)
{
    if (tail.empty()) return socket.write_some(asio::buffer(head), error);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(tail)};
    return socket.write_some(pieces, error);
}

}  // namespace

SocketTransport::SocketTransport(Socket& socket, Traffic* traffic)
    : socket_(socket), traffic_(traffic)
{
    socket_.non_blocking(true);
}

std::size_t SocketTransport::allowed(std::size_t wanted)
{
    if (!stopping_.load(std::memory_order_relaxed)) return wanted;
    boost::system::error_code ignored;  // a broken socket has nothing available
    if (!left_) left_ = socket_.available(ignored);
    return std::min(wanted, *left_);
}

std::optional<std::size_t> SocketTransport::try_read(std::span<char> into)
{
    const std::size_t wanted = allowed(into.size());
    if (wanted == 0) return 0;
    boost::system::error_code error;
    const std::size_t got = socket_.read_some(asio::buffer(into.data(), wanted), error);
    if (error == asio::error::would_block) return std::nullopt;
    if (error == asio::error::interrupted) return std::nullopt;
    if (error == asio::error::eof) return 0;
    if (error) throw boost::system::system_error(error, "read");
    if (left_) *left_ -= std::min(got, *left_);
    is_unanswered_ = true;
    if (traffic_ != nullptr) traffic_->read(got);
    return got;
}

std::size_t SocketTransport::try_write(std::string_view head, std::string_view tail)
{
    boost::system::error_code error;
    const std::size_t sent = write_some(socket_, head, tail, error);
    if (error == asio::error::would_block) return 0;
    if (error == asio::error::interrupted) return 0;
    if (error) throw boost::system::system_error(error, "write");
    is_unanswered_ = false;
    if (traffic_ != nullptr) traffic_->wrote(sent);
    return sent;
}

Wakeup SocketTransport::wait(Event event, const Mailbox* mailbox, Deadline deadline)
{
    if (is_unanswered_ && event != Event::writable) acknowledge();
    return wait_for(socket_.native_handle(), event, mailbox == nullptr ? -1 : mailbox->descriptor(),
                    deadline);
}

/// On a unix socket it fails, once: nothing is held back there.
void SocketTransport::acknowledge()
{
    is_unanswered_ = false;
    if (!is_tcp_) return;
    const int now = 1;
    is_tcp_ =
        ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now) == 0;
}

}  // namespace kv
