// client.h: one client of a case: it sends exact bytes, expects exact bytes, and throws a Failure
// with both. It records everything in the transcript. It uses a socket with deadlines
// (deadline_socket.cpp).
//
// A client reads only as many bytes as it expects, so no part of the next reply is buffered. One
// thread at a time; many clients may share a transcript.
#pragma once

#include "client/check/wire.h"
#include "common/mutex.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::check {

using Milliseconds = std::chrono::milliseconds;

struct Address {
    std::string host;  ///< name or IP address
    std::uint16_t port = 0;
};

/// How one read ended.
enum class Arrival { bytes, nothing_yet, end, reset };

/// A TCP connection with a time limit on every call: each polls first. Plain POSIX, because kvcheck
/// is about resets, half-closes and full buffers. One thread at a time.
class DeadlineSocket {
public:
    /// Connects. receive_buffer_bytes 0 keeps the system's default; a small buffer soon blocks the
    /// server's writes when this client does not read. Throws std::system_error or
    /// std::runtime_error (unknown host) when it fails within `limit`.
    DeadlineSocket(const Address& address, Milliseconds limit, int receive_buffer_bytes = 0);
    ~DeadlineSocket();
    DeadlineSocket(DeadlineSocket&& other) noexcept;
    DeadlineSocket& operator=(DeadlineSocket&& other) noexcept;
    DeadlineSocket(const DeadlineSocket&) = delete;
    DeadlineSocket& operator=(const DeadlineSocket&) = delete;

    /// Appends at most max_bytes to `bytes`; waits at most `limit` for the first.
    [[nodiscard]] Arrival read_some(std::string& bytes, std::size_t max_bytes, Milliseconds limit);

    /// Writes what fits, after waiting at most `limit` until writable. Returns the number of bytes
    /// taken, 0 if it timed out. Throws std::system_error when the peer has closed or reset.
    [[nodiscard]] std::size_t write_some(std::string_view bytes, Milliseconds limit);

    /// The number of bytes that have arrived and were not read.
    [[nodiscard]] std::size_t unread() const;

    void half_close();  ///< sends FIN; replies can still be read
    void reset();       ///< sends RST: both sides discard data in flight
    void close();       ///< an ordinary close

private:
    int descriptor_ = -1;
};

/// Thrown by a case when the server misbehaves. what(): one sentence that says what happened, e.g.
/// "nothing came within 2 s".
struct Failure : std::runtime_error {
    explicit Failure(std::string client, const std::string& sentence,
                     std::optional<Message> wanted = std::nullopt, std::string received = {},
                     Arrival last = Arrival::bytes)
        : runtime_error(sentence),
          who(std::move(client)),
          expected(std::move(wanted)),
          got(std::move(received)),
          ended(last)
    {
    }

    std::string who;                  ///< the client that noticed
    std::optional<Message> expected;  ///< the expected bytes; none: nothing to compare
    std::string got;                  ///< the bytes that came instead
    Arrival ended;                    ///< how the last read ended; bytes: no read was at fault
};

struct Event {
    std::string who;             ///< the client's name; empty for a remark of the case itself
    std::string action;          ///< "sends", "reads", "closes its sending side", or the remark
    Message message;             ///< its bytes, if any; only the beginning of very many
    std::size_t more_bytes = 0;  ///< how many were left out
    int times = 1;               ///< how many times in a row it was done
};

/// What the clients of one case did and read, in order. Any thread.
class Transcript {
public:
    void note(std::string_view who, std::string_view action, const Message& message = {});
    [[nodiscard]] std::vector<Event> events() const;

private:
    mutable Mutex mutex_;
    std::vector<Event> events_ KV_GUARDED_BY(mutex_);
};

/// One thread at a time.
class Client {
public:
    /// Throws Failure when it cannot connect within `limit`, which is also the limit of each wait.
    Client(std::string name, const Address& address, Milliseconds limit, Transcript& transcript,
           int receive_buffer_bytes = 0);

    /// Sends in one write. Throws Failure when the server closes, or stops reading for `limit`.
    void send(const Message& message);
    /// Sends in pieces that begin at `cuts`; between two pieces it pauses, and nothing may come
    /// back.
    void send_in_pieces(const Message& message, const std::vector<std::size_t>& cuts,
                        Milliseconds pause = Milliseconds(20));
    void send_byte_by_byte(const Message& message);

    /// Reads as many bytes as `reply` has. Throws Failure at the first difference, at a close, or
    /// when nothing comes for `limit`.
    void expect(const Message& reply);
    /// send, then expect.
    void ask(const Message& request, const Message& reply);
    /// One line that begins as an error of this mode; the rest is free.
    void expect_error(const Wire& wire);
    /// ":" and any number, a RESP integer.
    void expect_count();
    /// Nothing more comes for a short time. A later reply is caught by the next expect.
    void expect_silence();
    /// Gives the server a moment to answer or to close, and accepts either.
    void expect_anything();
    /// The first bytes that come; empty when none do, or the server closes.
    [[nodiscard]] std::string listen();
    /// The server closes the connection, with an orderly end or with a reset.
    void expect_close();

    /// Sends `filler` repeatedly, at most max_bytes in all. True once the server has answered or
    /// closed; false when it took everything without an answer, or stopped reading for `limit`.
    [[nodiscard]] bool is_refused_while_sending(std::string_view filler, std::size_t max_bytes);
    /// Reads nothing until no more replies arrive, because all buffers on the way are full.
    void let_replies_pile_up();

    void half_close();
    void reset();
    void close();

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    void write(std::string_view bytes);
    [[nodiscard]] std::string drain();
    void compare(const Message& reply, const std::string& got, Arrival last);
    [[nodiscard]] std::pair<std::string, Arrival> read_line();
    [[noreturn]] void fail(const std::string& sentence, Arrival last = Arrival::bytes);

    std::string name_;
    Milliseconds limit_;
    Transcript* transcript_;
    DeadlineSocket socket_;
};

}  // namespace kv::check
