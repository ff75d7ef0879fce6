// client.h: one client of a case: it sends exact bytes, expects exact bytes, and complains with a
// Failure that holds both. Everything it does is written into the transcript. Under it lies a
// socket with deadlines (deadline_socket.cpp).
//
// A client reads only as many bytes as it expects, so there is no buffer in which the next reply
// could hide. One thread at a time; many clients may share a transcript.
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
    std::string host;  ///< name or literal address
    std::uint16_t port = 0;
};

/// How one read ended.
enum class Arrival { bytes, nothing_yet, end, reset };

/// A TCP connection on which nothing can wait for ever: each call polls first. Plain POSIX, because
/// resets, half-closes and full buffers are what kvcheck is about. One thread at a time.
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

/// What a case throws when the server did something else. what(): one sentence saying what
/// happened, e.g. "nothing came within 2 s".
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
    std::optional<Message> expected;  ///< the bytes that should have come; none: nothing to compare
    std::string got;                  ///< the bytes that came instead
    Arrival ended;                    ///< what the last read met; bytes: it did not come to one
};

struct Event {
    std::string who;             ///< the client's name; empty for a remark of the case itself
    std::string deed;            ///< "sends", "reads", "closes its sending side", or the remark
    Message message;             ///< the bytes, if the deed has any; of very many only the first
    std::size_t more_bytes = 0;  ///< how many were left out
    int times = 1;               ///< the same deed with the same bytes, several times on end
};

/// What the clients of one case did and read, in the order it happened. Any thread.
class Transcript {
public:
    void note(std::string_view who, std::string_view deed, const Message& message = {});
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

    /// In one write. Throws Failure when the server closes, or stops reading for `limit`.
    void send(const Message& message);
    /// Cut before each position; between two pieces `pause` passes, in which nothing may come back.
    void send_in_pieces(const Message& message, const std::vector<std::size_t>& cuts,
                        Milliseconds pause = Milliseconds(20));
    void send_byte_by_byte(const Message& message);

    /// Reads as many bytes as `reply` has. Throws Failure at the first difference, at a close, or
    /// when nothing comes for `limit`.
    void expect(const Message& reply);
    /// send, then expect.
    void ask(const Message& request, const Message& reply);
    /// One line that tells of an error in the wire's way; what else it says is free.
    void expect_error(const Wire& wire);
    /// ":" and a number of any size, as RESP counts.
    void expect_count();
    /// A short silence: nothing comes after what was expected. A reply that arrives later than that
    /// is caught by the next expect.
    void expect_silence();
    /// Gives the server a moment to answer or to close, and takes either.
    void expect_anything();
    /// The first bytes that come, whatever they are; empty when none do, or the server closes.
    [[nodiscard]] std::string listen();
    /// The server closes the connection, with an orderly end or with a reset.
    void expect_close();

    /// Sends `filler` again and again, at most max_bytes in all. True once the server has answered
    /// or closed; false when it took everything without a word, or stopped reading for `limit`.
    [[nodiscard]] bool is_refused_while_sending(std::string_view filler, std::size_t max_bytes);
    /// Reads nothing until replies no longer arrive: all buffers on the way are full.
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
