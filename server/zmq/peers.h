// peers.h: watches the connections of a ZeroMQ socket from outside.
//
// libzmq accepts every connection, reads messages ahead, and waits without limit for the rest of
// one. It reports connections, but not the memory they hold. So a thread listens to its socket
// monitor, asks the kernel how many bytes each connection has received and sent, and disconnects
// clients beyond the maximum, with too many bytes waiting, or too slow.
#pragma once

#include "common/log.h"
#include "common/memory_source.h"
#include "common/mutex.h"

#include <zmq.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace kv::zeromq {

class Peers {
public:
    struct Bounds {
        std::size_t most = 0;  ///< simultaneous connections
        /// Time for a message to arrive, or to be sent; 0: no limit.
        std::chrono::milliseconds message{0};
    };

    /// Watches the connections of `socket` from now on, in a thread of its own, which ends when the
    /// context is shut down. `name` is for log lines. All references outlive this. Throws
    /// zmq::error_t.
    Peers(::zmq::context_t& context, ::zmq::socket_t& socket, std::string name, Bounds bounds,
          MemorySource& memory, Log& log);

    /// REQUIRES: the context has been shut down.
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    // Called by the thread that answers:

    /// It is about to wait for a message: none has arrived whole.
    void waits() { waiting_for_message_ = true; }

    /// It has taken a message of `bytes` that came from this descriptor.
    void took(int descriptor, std::size_t bytes);

    /// It has sent an answer to this descriptor.
    void sent(int descriptor, std::size_t bytes);

private:
    using Time = std::chrono::steady_clock::time_point;

    /// Traffic of a connection, by the kernel's count and by ours, in bytes since the accept.
    struct Peer {
        std::string address;
        std::uint64_t received = 0;  ///< read by libzmq from the kernel
        std::uint64_t taken = 0;     ///< of those, taken by us
        std::uint64_t answered = 0;
        std::uint64_t acknowledged = 0;  ///< of those, by the peer
        Time since{};                    ///< when it last completed a message, or began one
        std::size_t charged = 0;

        [[nodiscard]] std::uint64_t held() const
        {
            const std::uint64_t unread = answered - std::min(answered, acknowledged);
            return received - std::min(received, taken) + unread;
        }
    };

    void run();
    [[nodiscard]] bool next_event(std::chrono::milliseconds wait);
    void accepted(int descriptor);
    void closed(int descriptor);
    void look();
    void look_at(int descriptor, Peer& peer, Time now);
    [[nodiscard]] bool charge(Peer& peer, std::size_t held);
    void cut(int descriptor, const Peer& peer, std::string_view why);
    void say_complaint();

    const std::string name_;
    const Bounds bounds_;
    MemorySource& memory_;
    Log& log_;
    ::zmq::socket_t events_;
    std::atomic<bool> waiting_for_message_{false};

    Mutex mutex_;
    std::map<int, Peer> peers_ KV_GUARDED_BY(mutex_);   ///< by descriptor
    std::size_t left_bytes_ KV_GUARDED_BY(mutex_) = 0;  ///< of messages left by closed connections
    std::size_t freed_bytes_ = 0;                       ///< by clients disconnected in this round
    bool busy_ = false;                                 ///< there was traffic lately
    Time last_traffic_;
    Time last_look_;
    Time last_complaint_;
    std::string complaint_;
    std::jthread thread_;
};

}  // namespace kv::zeromq
