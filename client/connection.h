// connection.h: requests and replies on one connection to a server.
//
// Layer 1 of 3 of the client: [connection] -> requests, replies -> Client. It adds to the stream
// what only a client needs: a deadline for each reply as a whole, the position inside it, and the
// rule that a connection that failed in the middle of an exchange is never used again.
//
// Used by one thread. Internal: the installed headers do not include it.
#pragma once

#include "client/client_options.h"
#include "common/buffered_stream.h"
#include "common/resp_reader.h"

#include <memory>
#include <string>
#include <string_view>

namespace kv::client {

class Connection {
public:
    /// `observer`, unless null, is notified of every read, write and end of a reply, and outlives
    /// this.
    Connection(std::unique_ptr<Transport> link, const ClientOptions& options,
               Observer* observer = nullptr);
    ~Connection();

    [[nodiscard]] bool is_open() const { return link_ != nullptr; }
    /// Whether it is open and no unrequested input has come: between replies, input is the end of
    /// the connection or a last message before it, and could be taken for a later reply.
    [[nodiscard]] bool is_quiet();
    void close();

    /// Buffers bytes of a request; they are sent when the first reply is read, or by flush().
    void write(std::string_view bytes);
    void flush();

    /// Begins a reply: its deadline and its byte positions start now. A command that may block at
    /// the server gets `patience` beyond reply_timeout.
    void begin_reply(std::chrono::milliseconds patience = std::chrono::milliseconds(0));
    /// The reply has been read to its end.
    void end_reply();

    /// The next line of the reply, without its line end. Valid until the next read.
    [[nodiscard]] std::string_view read_line();
    /// `size` bytes, which the caller has compared with max_value_bytes().
    [[nodiscard]] std::string read_block(std::uint64_t size);
    /// Reads the CR LF after a block.
    void expect_line_end();
    /// A whole value of the Redis protocol.
    [[nodiscard]] resp::Value read_value();

    /// Closes and throws NonsenseReply: `read`, the line or block read last, came instead of
    /// `expected`. If the reply looks like another protocol's, the text says which.
    [[noreturn]] void nonsense(std::string_view read, std::string_view expected);

    [[nodiscard]] std::uint64_t max_value_bytes() const { return options_.max_value_bytes; }

    /// As patience: no deadline.
    static constexpr std::chrono::milliseconds for_ever = std::chrono::milliseconds::max();

    /// The longest line accepted. Error texts and lines of `stats` are far shorter.
    static constexpr std::size_t max_line_bytes = std::size_t{8} << 10;

private:
    class TimedLink;

    template <class Call>
    auto guarded(Call call);
    [[nodiscard]] BufferedStream& stream();
    [[nodiscard]] std::uint64_t position() const;
    void begin_piece();

    ClientOptions options_;
    Observer* observer_;
    std::unique_ptr<TimedLink> link_;         ///< null once closed
    std::unique_ptr<BufferedStream> stream_;  ///< reads and writes through link_
    std::uint64_t reply_starts_ = 0;          ///< position of the reply's first byte
    std::uint64_t piece_starts_ = 0;          ///< position of the line or block read last
    bool speaks_resp_ = false;                ///< a value of the Redis protocol has been read
};

/// Spans a request and its reply. If an exception leaves it early, it closes the connection, since
/// it is unknown where the next reply begins.
class Exchange {
public:
    /// Throws ConnectionLost when the connection is closed.
    explicit Exchange(Connection& connection);
    ~Exchange()
    {
        if (!is_whole_) connection_.close();
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// The reply has been read to its end.
    void complete() { is_whole_ = true; }

private:
    Connection& connection_;
    bool is_whole_ = false;
};

}  // namespace kv::client
