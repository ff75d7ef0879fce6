// deadline_socket.h: a TCP connection on which nothing can wait for ever: each call polls first.
// Plain POSIX, because resets, half-closes and full buffers are what kvcheck is about.
// One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kv::check {

using Milliseconds = std::chrono::milliseconds;

struct Address {
    std::string host;  ///< name or literal address
    std::uint16_t port = 0;
};

/// How one read ended.
enum class Arrival { bytes, nothing_yet, end, reset };

class DeadlineSocket {
public:
    /// Connects. receive_buffer_bytes 0 leaves the system's choice; a small one makes the server's
    /// writes stall soon when this client does not read.
    /// Throws std::system_error or std::runtime_error (unknown host) when it cannot within `limit`.
    DeadlineSocket(const Address& address, Milliseconds limit, int receive_buffer_bytes = 0);
    ~DeadlineSocket();
    DeadlineSocket(DeadlineSocket&& other) noexcept;
    DeadlineSocket& operator=(DeadlineSocket&& other) noexcept;
    DeadlineSocket(const DeadlineSocket&) = delete;
    DeadlineSocket& operator=(const DeadlineSocket&) = delete;

    /// Appends at most max_bytes to `bytes`; waits no longer than `limit` for the first of them.
    [[nodiscard]] Arrival read_some(std::string& bytes, std::size_t max_bytes, Milliseconds limit);

    /// Writes what fits now, waiting no longer than `limit` for room. Returns the bytes taken,
    /// 0 when there was no room. Throws std::system_error when the peer has closed or reset.
    [[nodiscard]] std::size_t write_some(std::string_view bytes, Milliseconds limit);

    /// Bytes that have arrived and were not read.
    [[nodiscard]] std::size_t unread() const;

    void half_close();  ///< sends FIN; replies can still be read
    void reset();       ///< sends RST: whatever was under way is thrown away on both sides
    void close();       ///< the ordinary goodbye

private:
    int descriptor_ = -1;
};

}  // namespace kv::check
