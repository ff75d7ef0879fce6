// client_options.h: how long a client waits, and how much it accepts.
#pragma once

#include <chrono>
#include <cstdint>

namespace kv {

struct ClientOptions {
    /// Time to connect, without name lookup (the resolver has its own limit). Zero: no limit.
    std::chrono::milliseconds connect_timeout{5'000};

    /// Time for each reply, from the end of its request to the last byte; also for the server to
    /// take a request. Zero: no limit.
    std::chrono::milliseconds reply_timeout{5'000};

    /// A reply that announces a larger value is refused unread. Memory grows with the bytes that
    /// arrive, whatever length was announced.
    std::uint64_t max_value_bytes = std::uint64_t{512} << 20;

    /// The largest reply of many lines or values; a larger one closes the connection.
    std::uint64_t max_reply_bytes = std::uint64_t{2} << 30;
};

}  // namespace kv
