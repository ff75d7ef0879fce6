// stage.h: what a stage of the run is told, and what the stages of one thread share.
#pragma once

#include "client/bench/batch.h"
#include "client/bench/connection.h"
#include "client/bench/payload.h"
#include "client/bench/target.h"

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace kv::bench {

[[nodiscard]] inline std::int64_t now_ns()
{
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// How a stage treats its clients.
struct Manners {
    std::size_t pipeline = 1;      ///< requests in one batch
    bool sets_after_miss = false;  ///< as an application does that uses the server as a cache
    bool connects_per_batch = false;
    double timeout_seconds = 10;  ///< without any event: what is unanswered counts as lost
};

/// What the stages of one thread share. All of it outlives them.
struct Surroundings {
    const Target& target;
    const Payload& payload;
    const Descriptor& epoll;
    Batch& batch;
    std::span<char> input;
    std::atomic<std::uint64_t>& answered;  ///< read by the progress bar
};

/// Watches a client for good. Edge triggered: one registration per connection, no further calls.
template <class Dialect>
void watch(const Descriptor& epoll, Connection<Dialect>& client)
{
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &client;
    if (::epoll_ctl(epoll.number(), EPOLL_CTL_ADD, client.descriptor(), &event) != 0) {
        throw std::runtime_error("cannot watch a connection with epoll");
    }
}

}  // namespace kv::bench
