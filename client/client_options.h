// client_options.h: how long a client waits, and how much it accepts.
#pragma once

#include <chrono>
#include <cstdint>

namespace kv {

struct ClientOptions {
    /// For a connection to be made, name lookup not counted (the resolver has its own limit).
    /// Zero waits for ever.
    std::chrono::milliseconds connect_timeout{5'000};

    /// For each reply, from the moment its request has been sent until its last byte; also for the
    /// server to take what is sent. Zero waits for ever.
    std::chrono::milliseconds reply_timeout{5'000};

    /// A reply that announces a larger value than this is refused unread. No memory is taken for
    /// bytes that have not arrived, however large a length was announced.
    std::uint64_t max_value_bytes = std::uint64_t{512} << 20;

    /// A reply of many lines or values that grows beyond this is given up.
    std::uint64_t max_reply_bytes = std::uint64_t{2} << 30;
};

}  // namespace kv
