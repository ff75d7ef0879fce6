#include "server/zmq/peers.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

namespace kv::zeromq {

namespace {

using std::chrono::milliseconds;

// While there is traffic. At a gigabyte a second, one large message arrives between two looks.
constexpr milliseconds between_looks{10};

// How long after the last byte to keep looking; then the thread sleeps until the next one.
constexpr milliseconds busy_for{1000};

// Bytes that are not messages: the greeting, heartbeats, frame headers.
constexpr std::uint64_t overhead_bytes = 4096;

// The memory that must be free for a new client's message.
constexpr std::size_t least_room = std::size_t{1} << 20;

constexpr const char* endpoint = "inproc://peers";

constexpr int events_of_interest = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_CLOSED |
                                   ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                   ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                                   ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

/// The peer's address, in the kernel's bytes; empty: no longer connected.
std::string address_of(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    return {reinterpret_cast<const char*>(&address), size};
}

struct Traffic {
    std::uint64_t received;
    std::uint64_t acknowledged;
};

/// nullopt: no longer a TCP socket.
std::optional<Traffic> traffic_of(int descriptor)
{
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    int unread = 0;
    if (::ioctl(descriptor, SIOCINQ, &unread) != 0) unread = 0;
    const auto in_kernel = static_cast<std::uint64_t>(unread);
    return Traffic{
        info.tcpi_bytes_received - std::min<std::uint64_t>(info.tcpi_bytes_received, in_kernel),
        info.tcpi_bytes_acked};
}

}  // namespace

Peers::Peers(::zmq::context_t& context, ::zmq::socket_t& socket, std::string name, Bounds bounds,
             MemorySource& memory, Log& log)
    : name_(std::move(name)),
      bounds_(bounds),
      memory_(memory),
      log_(log),
      events_(context, ::zmq::socket_type::pair)
{
    if (zmq_socket_monitor(socket.handle(), endpoint, events_of_interest) != 0) {
        throw ::zmq::error_t();
    }
    // A queue of one event: when we are behind, libzmq's thread waits for us.
    events_.set(::zmq::sockopt::rcvhwm, 1);
    events_.connect(endpoint);
    thread_ = std::jthread([this] { run(); });
}

void Peers::took(int descriptor, std::size_t bytes)
{
    waiting_for_message_ = false;
    const MutexLock lock(mutex_);
    const auto peer = peers_.find(descriptor);
    if (peer == peers_.end()) return;
    if (const auto traffic = traffic_of(descriptor)) peer->second.received = traffic->received;
    peer->second.taken = std::min(peer->second.taken + bytes, peer->second.received);
    peer->second.since = std::chrono::steady_clock::now();
}

void Peers::sent(int descriptor, std::size_t bytes)
{
    const MutexLock lock(mutex_);
    const auto peer = peers_.find(descriptor);
    if (peer != peers_.end()) peer->second.answered += bytes;
}

Peers::~Peers()
{
    thread_.join();
    const MutexLock lock(mutex_);
    for (const auto& [descriptor, peer] : peers_) left_bytes_ += peer.charged;
    memory_.give_back(left_bytes_);
}

void Peers::run()
{
    for (;;) {
        try {
            if (!next_event(busy_ ? between_looks : milliseconds(-1))) look();
            say_complaint();
        } catch (const ::zmq::error_t& error) {
            if (error.num() == ETERM) break;
        } catch (const std::bad_alloc&) {
            std::this_thread::sleep_for(between_looks);
        }
    }
    events_.close();
}

/// Waits for an event of libzmq and, while there is no traffic, for bytes. false: it is time to
/// look at the connections.
bool Peers::next_event(milliseconds wait)
{
    std::vector<::zmq::pollitem_t> items{{events_.handle(), 0, ZMQ_POLLIN, 0}};
    if (!busy_) {
        const MutexLock lock(mutex_);
        for (const auto& [descriptor, peer] : peers_) {
            items.push_back({nullptr, descriptor, ZMQ_POLLIN, 0});
        }
    }
    ::zmq::poll(items, wait);
    if ((items.front().revents & ZMQ_POLLIN) == 0) {
        if (!busy_) last_traffic_ = std::chrono::steady_clock::now();
        return false;
    }
    ::zmq::message_t event;
    ::zmq::message_t address;
    (void)events_.recv(event);
    (void)events_.recv(address);
    std::uint16_t number = 0;
    std::int32_t value = 0;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&value, static_cast<const char*>(event.data()) + sizeof number, sizeof value);
    if (number == ZMQ_EVENT_ACCEPT_FAILED) {
        // libzmq retries immediately, without end. Its thread waits until we take the event: slow
        // it down.
        complaint_ = "cannot accept: no descriptors are left";
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    } else if (number == ZMQ_EVENT_ACCEPTED) {
        accepted(value);
    } else {
        closed(value);
    }
    return std::chrono::steady_clock::now() - last_look_ < between_looks;
}

void Peers::accepted(int descriptor)
{
    closed(descriptor);  // the number was reused
    const MutexLock lock(mutex_);
    Peer peer;
    peer.address = address_of(descriptor);
    peer.since = std::chrono::steady_clock::now();
    if (peers_.size() >= bounds_.most) return cut(descriptor, peer, "too many clients");
    // A client disconnected for lack of memory reconnects immediately, and sends as fast as before.
    if (!memory_.take(least_room)) return cut(descriptor, peer, "not enough memory");
    memory_.give_back(least_room);
    peers_.emplace(descriptor, std::move(peer));
}

void Peers::closed(int descriptor)
{
    const MutexLock lock(mutex_);
    const auto peer = peers_.find(descriptor);
    if (peer == peers_.end()) return;
    left_bytes_ += peer->second.charged;
    peers_.erase(peer);
}

void Peers::look()
{
    const Time now = std::chrono::steady_clock::now();
    last_look_ = now;
    const MutexLock lock(mutex_);
    if (left_bytes_ > 0 && waiting_for_message_) {
        memory_.give_back(std::exchange(left_bytes_, 0));
    }
    bool holds = left_bytes_ > 0;
    freed_bytes_ = 0;
    for (auto& [descriptor, peer] : peers_) {
        look_at(descriptor, peer, now);
        holds = holds || peer.held() > overhead_bytes;
    }
    busy_ = holds || now - last_traffic_ < busy_for;
}

void Peers::look_at(int descriptor, Peer& peer, Time now)
{
    const auto traffic = traffic_of(descriptor);
    if (!traffic) return;
    if (traffic->received != peer.received || traffic->acknowledged != peer.acknowledged) {
        last_traffic_ = now;
    }
    const bool held_before = peer.charged > 0;
    peer.received = traffic->received;
    peer.acknowledged = traffic->acknowledged;
    const bool holds = peer.held() > overhead_bytes;
    if (holds && !held_before) peer.since = now;
    if (!charge(peer, holds ? static_cast<std::size_t>(peer.held()) : 0)) {
        return cut(descriptor, peer, "its messages take too much memory");
    }
    if (now - peer.since < bounds_.message) return;
    if (!holds) {
        peer.taken = peer.received;  // discount bytes that are not messages, which add up
        peer.since = now;
    } else if (bounds_.message > milliseconds(0) && waiting_for_message_) {
        cut(descriptor, peer, "a message did not arrive whole, or was not read, in time");
    }
}

/// false: there is no memory for the peer's bytes, even after the clients disconnected in this
/// round are gone.
bool Peers::charge(Peer& peer, std::size_t held)
{
    if (held > peer.charged && !memory_.take(held - peer.charged)) {
        const std::size_t needed = held - peer.charged;
        const bool will_fit = needed <= freed_bytes_;
        if (will_fit) freed_bytes_ -= needed;
        if (!will_fit) freed_bytes_ += held;
        return will_fit;
    }
    if (held < peer.charged) memory_.give_back(peer.charged - held);
    peer.charged = held;
    return true;
}

/// libzmq may have closed the descriptor, and its number may be in use again. So it is checked and
/// shut down through a duplicate, which cannot change.
void Peers::cut(int descriptor, const Peer& peer, std::string_view why)
{
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return;
    if (address_of(copy) == peer.address && !peer.address.empty()) {
        ::shutdown(copy, SHUT_RDWR);
        complaint_ = fmt::format("a client was disconnected: {}", why);
    }
    ::close(copy);
}

/// At most one line a second, and without the lock.
void Peers::say_complaint()
{
    if (complaint_.empty()) return;
    const std::string what = std::exchange(complaint_, {});
    const Time now = std::chrono::steady_clock::now();
    if (now - last_complaint_ < std::chrono::seconds(1)) return;
    last_complaint_ = now;
    log_.warning(fmt::format("{}: {}", name_, what));
}

}  // namespace kv::zeromq
