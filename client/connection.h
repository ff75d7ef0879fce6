// connection.h: one conversation with a server, in requests and replies.
//
// Room 1 of 3 of the client: [connection] -> requests, replies -> Client. It adds to the stream
// what a client needs and a server does not: a deadline for each reply as a whole, the position
// inside it, and the rule that a connection which failed in the middle of an exchange is never used
// again.
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
    /// `observer`, unless null, is told of every read, write and end of a reply, and outlives this.
    Connection(std::unique_ptr<Transport> link, const ClientOptions& options,
               Observer* observer = nullptr);
    ~Connection();

    [[nodiscard]] bool is_open() const { return link_ != nullptr; }
    /// Open, and nothing has come that nobody asked for: between replies that is the end of the
    /// connection, or words of farewell before it. A reply due later could not be told from it.
    [[nodiscard]] bool is_quiet();
    void close();

    /// Gathers bytes of a request; it leaves when the first reply is read, or at flush().
    void write(std::string_view bytes);
    void flush();

    /// A reply is due: its deadline starts now, and so do its byte positions. A command that may
    /// wait at the server is given `patience` beyond reply_timeout.
    void begin_reply(std::chrono::milliseconds patience = std::chrono::milliseconds(0));
    /// The reply has been read to its end.
    void end_reply();

    /// The next line of the reply, without its end. The view dies at the next read.
    [[nodiscard]] std::string_view read_line();
    /// `size` bytes, which the caller has compared with max_value_bytes().
    [[nodiscard]] std::string read_block(std::uint64_t size);
    /// The CR LF behind a block.
    void expect_line_end();
    /// A whole value of the Redis protocol.
    [[nodiscard]] resp::Value read_value();

    /// Closes and throws NonsenseReply: `read`, the line or block read last, came where `expected`
    /// should have been. When a reply begins as another protocol's does, the text says which.
    [[noreturn]] void nonsense(std::string_view read, std::string_view expected);

    [[nodiscard]] std::uint64_t max_value_bytes() const { return options_.max_value_bytes; }

    /// As patience: no deadline at all.
    static constexpr std::chrono::milliseconds for_ever = std::chrono::milliseconds::max();

    /// Longer lines are nonsense. Error texts and the longest lines of `stats` stay far below.
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
    bool speaks_resp_ = false;                ///< a value of the Redis protocol has been asked for
};

/// From the first byte of a request to the last of its reply: left in between, by whatever
/// exception, it closes the connection, for nobody knows where the next reply would begin.
class Exchange {
public:
    /// Throws ConnectionLost when the connection is closed already.
    explicit Exchange(Connection& connection);
    ~Exchange()
    {
        if (!is_whole_) connection_.close();
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// Every byte of the reply has been read.
    void complete() { is_whole_ = true; }

private:
    Connection& connection_;
    bool is_whole_ = false;
};

}  // namespace kv::client
