// buffered_stream.h: turns a byte transport into lines and exact blocks, and gathers what is
// written.
//
//        read, not yet taken                     written, not yet sent
//   input:  [taken | begin_ .. end_ | free]      output: [pending ........ | free]
//
// The rule that makes pipelining fast: replies gather in the output and leave in one write when the
// input is drained, that is, just before the stream would read more bytes; or when they pass the
// output's size. A client that sent a hundred requests in one write gets a hundred replies in one
// write, and one that sent a single request is never kept waiting.
//
// A peer that keeps sending before it reads makes a write wait. Meanwhile its bytes are read ahead
// (read_ahead.h), and taken later as if they came then: the views of a line or block stay valid
// while its reply is written.
//
// Used by one thread. An idle stream has nothing from the heap.
#pragma once

#include "common/observer.h"
#include "common/read_ahead.h"
#include "common/transport.h"
#include "common/words.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>

namespace kv {

// A stream's buffer.

/// A small buffer on the stack of the stream's thread, where most requests and replies fit, and a
/// larger one from the heap while more is needed. So a small request costs no allocation and
/// touches memory that is in the cache anyway, and an idle client has no heap memory.
class StreamBuffer {
public:
    /// Less than a page, so that a stream's two buffers and the frames around them take three.
    static constexpr std::size_t own_bytes = std::size_t{7} << 9;
    static constexpr std::size_t large_bytes = std::size_t{16} << 10;

    [[nodiscard]] char* data() { return larger_ ? larger_.get() : own_.data(); }
    [[nodiscard]] const char* data() const { return larger_ ? larger_.get() : own_.data(); }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Makes it large, or twice as large as it is. Its first `used` bytes are kept. false: there is
    /// no memory for that, and it is as it was.
    [[nodiscard]] bool grow(std::size_t used);

    /// Frees the heap buffer, with the bytes in it.
    void shrink()
    {
        larger_.reset();
        size_ = own_bytes;
    }

private:
    std::array<char, own_bytes> own_;
    std::unique_ptr<char[]> larger_;
    std::size_t size_ = own_bytes;
};

/// The peer closed in the middle of a request or a reply.
struct Truncated : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A line was longer than its reader allowed.
struct LineTooLong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class BufferedStream {
public:
    /// How long the peer may take; zero is for ever.
    struct Timeouts {
        std::chrono::milliseconds idle{0};     ///< for the next byte, between messages or in one
        std::chrono::milliseconds message{0};  ///< for a message once begun, and for each flush
    };

    /// `transport`, and the others unless null, outlive the stream. `memory` is asked for what is
    /// read ahead; without it only the stream's own bound holds.
    BufferedStream(Transport& transport, Timeouts timeouts, Mailbox* mailbox = nullptr,
                   Observer* observer = nullptr, MemorySource* memory = nullptr);

    /// A new message may begin: the next wait is an idle one until a byte of it has come. While it
    /// waits here, and only here, mail is written out.
    void begin_message();

    /// The message whose first line was taken earlier, with others, is read on: a wait is one
    /// inside it.
    void continue_message() { in_message_ = true; }

    /// Says how many bytes the line starting with `start` may have, its end not counted.
    using LineLimit = std::size_t (*)(std::string_view start);

    /// The next line, without its LF or CR LF. The view dies at the next read. nullopt: the peer
    /// closed between messages, or closed with a part of a line sent, which is no request.
    /// Throws LineTooLong, TimedOut, or boost::system::system_error when the connection breaks.
    [[nodiscard]] std::optional<std::string_view> read_line(LineLimit limit);

    /// The same if the line has been read whole already, without another read; else nullopt. Lines
    /// and blocks taken so stay valid together, until the next read.
    [[nodiscard]] std::optional<std::string_view> next_line(LineLimit limit);

    /// Takes the words of a line that have come, up to a blank or the line's end, for a line that
    /// is too long to be read as a whole. The view dies at the next read. nullopt: the peer closed.
    /// Throws LineTooLong for a word of more than `longest` bytes, otherwise as read_line.
    [[nodiscard]] std::optional<LinePart> read_words(std::size_t longest);

    /// Waits until a byte is there that has not been taken. false: the peer closed between
    /// messages. Throws TimedOut, or boost::system::system_error when the connection breaks.
    [[nodiscard]] bool read_some() { return begin_ != end_ || fill(); }

    /// The next `bytes` bytes if they have been read already, in place; else nullopt.
    [[nodiscard]] std::optional<std::string_view> next_block(std::uint64_t bytes);

    /// Exactly into.size() bytes; what is not buffered goes straight into `into`, without a copy.
    /// Throws Truncated when the peer closes first, otherwise as read_line.
    void read_exactly(std::span<char> into);

    /// Reads `count` bytes and drops them. Throws as read_exactly.
    void skip(std::uint64_t count);

    /// Gathers `bytes` for sending. Flushes by itself when the output is full; a piece larger than
    /// the output is sent immediately, without a copy. Throws as flush.
    void write(std::string_view bytes);

    /// Space for `bytes` more bytes in the output, at most max_append, for the caller to fill;
    /// end_append() says where it stopped. Flushes first if need be. Throws as flush.
    [[nodiscard]] char* begin_append(std::size_t bytes)
    {
        if (pending_ + bytes > output_.size()) make_append_room(bytes);
        return output_.data() + pending_;
    }
    void end_append(const char* end) { pending_ = static_cast<std::size_t>(end - output_.data()); }

    /// Sends what has gathered. Blocks while the peer does not read, and reads ahead what it sends
    /// meanwhile. Throws TimedOut at the deadline, boost::system::system_error when the connection
    /// breaks.
    void flush();

    /// Sends what has gathered, and sleeps until another thread wakes this one by the mailbox,
    /// whose mail is written out then, until the peer has closed (readable), or until `deadline`.
    /// What the peer sends meanwhile waits. Throws as flush.
    [[nodiscard]] Wakeup sleep(Deadline deadline);

    /// Bytes read and not yet taken, those read ahead left out.
    [[nodiscard]] std::string_view unread() const
    {
        return {input_.data() + begin_, end_ - begin_};
    }

    /// How many bytes have been read and not yet taken, those read ahead included.
    [[nodiscard]] std::size_t untaken() const { return end_ - begin_ + bytes_ahead(); }

    /// Whether an observer follows each message: then they are to be taken one at a time.
    [[nodiscard]] bool observed() const { return observer_ != nullptr; }

    /// Bytes written and not yet sent.
    [[nodiscard]] std::size_t unsent() const { return pending_; }

    static constexpr std::size_t input_bytes = StreamBuffer::large_bytes;
    static constexpr std::size_t output_bytes = StreamBuffer::large_bytes;
    static constexpr std::size_t max_append = output_bytes;

private:
    [[nodiscard]] std::string_view take_line(std::string_view line, std::size_t bytes);
    [[nodiscard]] std::size_t receive(std::span<char> into);
    [[nodiscard]] std::optional<std::size_t> try_receive(std::span<char> into);
    [[nodiscard]] bool fill();
    void make_room();
    void make_append_room(std::size_t bytes);
    void wait_for_input();
    void deliver_mail();
    [[nodiscard]] Deadline input_deadline();
    void take(std::size_t count)
    {
        begin_ += count;
        in_message_ = true;
    }
    void send(std::string_view head, std::string_view tail);
    void write_rest(std::string_view head, std::string_view tail, std::size_t sent);
    void wait_for_reader(Deadline deadline, ReadAhead::Outcome& last);
    [[nodiscard]] ReadAhead::Outcome read_ahead();
    [[nodiscard]] std::size_t bytes_ahead() const;
    [[nodiscard]] std::size_t take_ahead(std::span<char> into);

    Transport& transport_;
    Timeouts timeouts_;
    Mailbox* mailbox_;
    Observer* observer_;

    StreamBuffer input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    StreamBuffer output_;
    std::size_t pending_ = 0;
    MemorySource* memory_;
    std::unique_ptr<ReadAhead> ahead_;  ///< null unless something has been read ahead

    bool in_message_ = false;               ///< a byte of the present message has been taken
    std::optional<Deadline> message_ends_;  ///< set at the first wait inside a message
};

}  // namespace kv
