// socket_transport.h: a Transport over a socket, with the deadlines that Asio's synchronous calls
// lack.
//
// A peer that sends a request in two pieces may be made to wait for us (Nagle's algorithm): its
// kernel holds the second back until ours has acknowledged the first, which ours does with the
// reply, or 40 ms later. So what has been read is acknowledged immediately (TCP_QUICKACK) before a
// sleep, unless something has been written since, which carries the acknowledgement.
#pragma once

#include "common/asio.h"
#include "common/traffic.h"
#include "common/transport.h"

#include <atomic>

namespace kv {

/// Used by one thread. Does not own the socket, which must outlive it.
class SocketTransport final : public Transport {
public:
    /// Makes `socket` non-blocking. `traffic` may be null and otherwise outlives this.
    explicit SocketTransport(Socket& socket, Traffic* traffic = nullptr);

    std::optional<std::size_t> try_read(std::span<char> into) override;
    std::size_t try_write(std::string_view head, std::string_view tail) override;
    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override;

    /// From now on only the bytes that have arrived already are read; then the input ends. For a
    /// server that stops: requests it has received are answered, later ones are not begun.
    /// Any thread may call it.
    void read_no_further() { stopping_.store(true, std::memory_order_relaxed); }

private:
    [[nodiscard]] std::size_t allowed(std::size_t wanted);
    void note_read(std::size_t bytes);
    void acknowledge();

    Socket& socket_;
    Traffic* traffic_;
    std::atomic<bool> stopping_{false};
    std::optional<std::size_t>
        left_;                    ///< once stopping: bytes that had arrived and are still unread
    bool is_unanswered_ = false;  ///< something has been read, and nothing written since
    bool is_tcp_ = true;          ///< until the socket turns out not to be
};

}  // namespace kv
