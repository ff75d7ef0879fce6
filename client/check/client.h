// client.h: one client of a case: it sends exact bytes, expects exact bytes, and complains with a
// Failure that holds both. Everything it does is written into the transcript.
//
// A client reads only as many bytes as it expects, so there is no buffer in which the next reply
// could hide. One thread at a time; many clients may share a transcript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/check/deadline_socket.h"
#include "client/check/message.h"
#include "client/check/transcript.h"

namespace kv::check {

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
    /// One line that begins with ERROR, CLIENT_ERROR or SERVER_ERROR; what else it says is free.
    void expect_error();
    /// A short silence: nothing comes after what was expected. A reply that arrives later than that
    /// is caught by the next expect.
    void expect_silence();
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
    [[noreturn]] void fail(const std::string& sentence);

    std::string name_;
    Milliseconds limit_;
    Transcript* transcript_;
    DeadlineSocket socket_;
};

}  // namespace kv::check
