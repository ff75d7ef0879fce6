#include "common/socket_transport.h"

#include "common/transport.h"

#include <boost/system/system_error.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace kv {

namespace {

/// What poll(2) wants: whole milliseconds, rounded up so that we never wake just before the
/// deadline and spin; -1 waits for ever.
int poll_timeout(Deadline deadline)
{
    if (deadline == no_deadline) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(
        left.count(), 0, std::numeric_limits<int>::max()));
}

short events_of(Event event)
{
    switch (event) {
        case Event::readable: return POLLIN;
        case Event::writable: return POLLOUT;
        case Event::either: return POLLIN | POLLOUT;
        case Event::hang_up: return POLLRDHUP;
    }
    return 0;
}

/// What is found ready may be so because of an error: that is for a write to tell if one is due.
Wakeup wakeup_of(Event event, short ready)
{
    return event == Event::readable || event == Event::hang_up || ready == POLLIN
               ? Wakeup::readable
               : Wakeup::writable;
}

}  // namespace

Deadline deadline_after(std::chrono::milliseconds timeout)
{
    return timeout.count() == 0 ? no_deadline : std::chrono::steady_clock::now() + timeout;
}

Wakeup wait_for(int descriptor, Event event, int mail_descriptor, Deadline deadline)
{
    std::array<pollfd, 2> watched{
        {{descriptor, events_of(event), 0}, {mail_descriptor, POLLIN, 0}}};
    for (;;) {
        // A negative descriptor is skipped by poll(2), so "no mailbox" needs no second case.
        const int ready = ::poll(watched.data(), watched.size(), poll_timeout(deadline));
        if (ready > 0 && watched[0].revents != 0) return wakeup_of(event, watched[0].revents);
        if (ready > 0) return Wakeup::mail;
        if (ready == 0) return Wakeup::timed_out;
        if (errno != EINTR) {
            throw boost::system::system_error(errno, boost::system::system_category(), "poll");
        }
    }
}

namespace {

/// Most writes have one piece: for that, send(2) costs the system less than sendmsg(2).
std::size_t write_some(Socket& socket, std::string_view head, std::string_view tail,
                       boost::system::error_code& error)
{
    if (tail.empty()) return socket.write_some(asio::buffer(head), error);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(tail)};
    return socket.write_some(pieces, error);
}

/// What try_read returns when a read has failed.
[[gnu::cold]] std::optional<std::size_t> nothing_read(const boost::system::error_code& error)
{
    if (error == asio::error::would_block) return std::nullopt;
    if (error == asio::error::interrupted) return std::nullopt;
    if (error == asio::error::eof) return 0;
    throw boost::system::system_error(error, "read");
}

/// What try_write returns when a write has failed.
[[gnu::cold]] std::size_t nothing_written(const boost::system::error_code& error)
{
    if (error == asio::error::would_block) return 0;
    if (error == asio::error::interrupted) return 0;
    throw boost::system::system_error(error, "write");
}

/// Only one thread counts: a plain addition, without the cost of an atomic one.
void add(std::atomic<std::uint64_t>& count, std::size_t bytes)
{
    count.store(count.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
}

}  // namespace

SocketTransport::SocketTransport(Socket& socket, Traffic* traffic)
    : socket_(socket), traffic_(traffic)
{
    socket_.non_blocking(true);
    if (traffic_ != nullptr) traffic_->descriptor = socket_.native_handle();
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
    if (error) return nothing_read(error);
    note_read(got);
    return got;
}

void SocketTransport::note_read(std::size_t bytes)
{
    is_unanswered_ = true;
    if (left_) *left_ -= std::min(bytes, *left_);
    if (traffic_ == nullptr) return;
    add(traffic_->bytes_read, bytes);
    traffic_->last_read.store(std::chrono::steady_clock::now(), std::memory_order_relaxed);
}

std::size_t SocketTransport::try_write(std::string_view head, std::string_view tail)
{
    boost::system::error_code error;
    const std::size_t sent = write_some(socket_, head, tail, error);
    if (error) return nothing_written(error);
    is_unanswered_ = false;
    if (traffic_ != nullptr) add(traffic_->bytes_written, sent);
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
