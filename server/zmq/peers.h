// peers.h: the connections of a ZeroMQ socket, watched from outside.
//
// libzmq accepts whoever comes, reads messages before anybody asks for them, and waits for the rest
// of one for ever; it tells of connections, but not what they hold. So a thread listens to what it
// tells, asks the kernel how many bytes each connection has received and sent, and cuts those that
// are too many, hold too much, or take too long.
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
        std::size_t most = 0;  ///< connections at the same time
        /// For a message to arrive, or to leave; 0: for ever.
        std::chrono::milliseconds message{0};
    };

    /// Watches the connections of `socket` from now on, in a thread of its own, which ends when the
    /// context is shut down. `name` is for log lines. All outlive this. Throws zmq::error_t.
    Peers(::zmq::context_t& context, ::zmq::socket_t& socket, std::string name, Bounds bounds,
          MemorySource& memory, Log& log);

    /// The context has been shut down.
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    // By the thread that answers:

    /// It is about to wait for a message: there is none that has arrived whole.
    void waits() { waiting_for_message_ = true; }

    /// It has taken a message of `bytes` that came from this descriptor.
    void took(int descriptor, std::size_t bytes);

    /// It has sent an answer there.
    void sent(int descriptor, std::size_t bytes);

private:
    using Time = std::chrono::steady_clock::time_point;

    /// What a connection has had, by the kernel's count and by ours, in bytes since it was
    /// accepted.
    struct Peer {
        std::string address;
        std::uint64_t received = 0;  ///< by libzmq, from the kernel
        std::uint64_t taken = 0;     ///< of that, by us
        std::uint64_t answered = 0;
        std::uint64_t acknowledged = 0;  ///< of that, by the peer
        Time since{};                    ///< when it last had a whole message, or began one
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
    std::size_t left_bytes_ KV_GUARDED_BY(mutex_) = 0;  ///< charged for those that have left, whose
                                                        ///< messages may wait for us yet
    std::size_t freed_bytes_ = 0;                       ///< by those cut in this round
    bool busy_ = false;                                 ///< bytes have come or gone lately
    Time last_traffic_;
    Time last_look_;
    Time last_complaint_;
    std::string complaint_;
    std::jthread thread_;
};

}  // namespace kv::zeromq
