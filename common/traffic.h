// traffic.h: one socket, and how many bytes have gone through it. Written by its thread, read by
// any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kv {

struct Traffic {
    std::atomic<std::uint64_t> bytes_read{0};
    std::atomic<std::uint64_t> bytes_written{0};
    /// The socket's descriptor, for poll(2); -1 if there is none.
    std::atomic<int> descriptor{-1};
    /// When bytes last arrived; by the steady clock, to measure time spans.
    std::atomic<std::chrono::steady_clock::time_point> last_read{std::chrono::steady_clock::now()};
};

}  // namespace kv
