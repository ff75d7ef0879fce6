#include "client/connection.h"

#include "client/errors.h"
#include "client/link.h"
#include "common/block.h"
#include "common/log.h"

#include <fmt/format.h>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace kv::client {

/// Gives a link the deadline of the present reply. The stream's own timeouts restart with every
/// message and wait, so a server that sends a byte a second would never exceed them.
class Connection::TimedLink final : public Transport {
public:
    TimedLink(std::unique_ptr<Transport> link, std::chrono::milliseconds timeout)
        : link_(std::move(link)), timeout_(timeout)
    {
    }

    void start_deadline(std::chrono::milliseconds patience)
    {
        patience_ = patience;
        const bool is_endless = patience == for_ever || timeout_.count() == 0;
        deadline_ = is_endless ? no_deadline : deadline_after(timeout_ + patience);
    }
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        // Checked here too: a server that sends faster than we read never makes us wait.
        if (deadline_ != no_deadline && std::chrono::steady_clock::now() >= deadline_) time_out();
        const auto got = link_->try_read(into);
        bytes_read_ += got.value_or(0);
        return got;
    }

    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        const std::size_t sent = link_->try_write(head, tail);
        start_deadline(patience_);  // the reply is due from now
        return sent;
    }

    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override
    {
        if (event != Event::readable) return link_->wait(event, mailbox, deadline);
        const Wakeup wakeup = link_->wait(event, mailbox, deadline_);
        if (wakeup == Wakeup::timed_out) time_out();
        return wakeup;
    }

    [[nodiscard]] Wakeup wait_until(Deadline deadline)
    {
        return link_->wait(Event::readable, nullptr, deadline);
    }

private:
    [[noreturn]] void time_out() const
    {
        throw TimedOut(fmt::format("no reply within {} s",
                                   static_cast<double>((timeout_ + patience_).count()) / 1000));
    }

    std::unique_ptr<Transport> link_;
    std::chrono::milliseconds timeout_;
    std::chrono::milliseconds patience_{0};
    Deadline deadline_ = no_deadline;
    std::uint64_t bytes_read_ = 0;
};

namespace {

std::size_t reply_line_limit(std::string_view)
{
    return Connection::max_line_bytes;
}

/// For MONITOR, which shows a command with all its values on one line.
std::size_t value_line_limit(std::string_view)
{
    return std::size_t{64} << 20;
}

/// Which other kind of server answers like this; else "".
std::string_view looks_like(std::string_view start, bool speaks_resp)
{
    const auto starts_with_any = [start](std::initializer_list<std::string_view> heads) {
        return std::any_of(heads.begin(), heads.end(),
                           [start](std::string_view head) { return start.starts_with(head); });
    };
    if (start.starts_with("HTTP/")) return ": this looks like a web server";
    if (start.starts_with("SSH-")) return ": this looks like an SSH server";
    if (start.starts_with('\x15')) return ": this looks like a TLS server";
    if (speaks_resp &&
        starts_with_any({"ERROR", "CLIENT_ERROR", "SERVER_ERROR", "VALUE ", "END"})) {
        return ": this looks like a memcached server: try memcache://";
    }
    if (!speaks_resp && starts_with_any({"-", "+", ":", "$", "*"})) {
        return ": this looks like a Redis server: try redis://";
    }
    return {};
}

// The limit of one reply; above what KEYS returns for a large database.
constexpr std::uint64_t max_elements = std::uint64_t{16} << 20;

}  // namespace

Connection::Connection(std::unique_ptr<Transport> link, const ClientOptions& options,
                       Observer* observer)
    : options_(options),
      observer_(observer),
      link_(std::make_unique<TimedLink>(std::move(link), options.reply_timeout)),
      stream_(std::make_unique<BufferedStream>(
          *link_, BufferedStream::Timeouts{{}, options.reply_timeout}, nullptr, observer))
{
}

Connection::~Connection() = default;

void Connection::close()
{
    stream_.reset();
    link_.reset();
}

bool Connection::is_quiet()
{
    if (!is_open() || stream_->untaken() > 0) return false;
    try {
        return link_->wait_until(std::chrono::steady_clock::now()) == Wakeup::timed_out;
    } catch (const Interrupted&) {
        return true;  // not an error of the connection
    }
}

BufferedStream& Connection::stream()
{
    if (!is_open()) throw ConnectionLost("the connection is closed");
    return *stream_;
}

/// The one place that turns the stream's exceptions into the client's; each of them closes the
/// connection.
template <class Call>
auto Connection::guarded(Call call)
{
    try {
        return call(stream());
    } catch (const TimedOut& error) {
        close();
        throw NoReplyInTime(error.what());
    } catch (const LineTooLong&) {
        nonsense(stream_->unread(), "the end of the line");
    } catch (const Truncated&) {
        close();
        throw ConnectionLost("the server closed the connection in the middle of a reply");
    } catch (const boost::system::system_error& error) {
        close();
        throw ConnectionLost(fmt::format("the connection broke: {}", error.code().message()));
    } catch (const Interrupted&) {
        close();
        throw;
    }
}

void Connection::write(std::string_view bytes)
{
    guarded([&](BufferedStream& stream) { stream.write(bytes); });
}

void Connection::flush()
{
    guarded([&](BufferedStream& stream) { stream.flush(); });
}

void Connection::begin_reply(std::chrono::milliseconds patience)
{
    stream().begin_message();
    link_->start_deadline(patience);
    reply_starts_ = position();
}

void Connection::end_reply()
{
    if (observer_ != nullptr) observer_->message_ended(stream().unread().size());
}

std::string_view Connection::read_line()
{
    begin_piece();
    const auto line =
        guarded([](BufferedStream& stream) { return stream.read_line(reply_line_limit); });
    if (line) return *line;
    const bool at_start = position() == reply_starts_ && stream_->untaken() == 0;
    close();
    throw ConnectionLost(at_start ? "the server closed the connection"
                                  : "the server closed the connection in the middle of a reply");
}

std::string Connection::read_block(std::uint64_t size)
{
    begin_piece();
    return guarded([&](BufferedStream& stream) { return kv::read_block(stream, size); });
}

void Connection::expect_line_end()
{
    const std::string end = read_block(2);
    if (end != "\r\n") nonsense(end, "CR LF after the value");
}

resp::Value Connection::read_value()
{
    begin_piece();
    speaks_resp_ = true;
    resp::Limits limits;
    limits.max_elements = max_elements;
    limits.max_bulk_bytes = options_.max_value_bytes;
    limits.max_total_bytes = options_.max_reply_bytes;
    limits.line_limit = value_line_limit;
    try {
        auto value =
            guarded([&](BufferedStream& stream) { return resp::read_value(stream, limits); });
        if (value) return std::move(*value);
    } catch (const resp::BadFrame& error) {
        piece_starts_ = position() - error.bytes;
        nonsense(error.read, error.expected);
    }
    close();
    throw ConnectionLost("the server closed the connection");
}

void Connection::begin_piece()
{
    if (!is_open()) throw ConnectionLost("the connection is closed");
    piece_starts_ = position();
    if (piece_starts_ - reply_starts_ > options_.max_reply_bytes) {
        nonsense("", fmt::format("a reply of at most {} bytes", options_.max_reply_bytes));
    }
}

std::uint64_t Connection::position() const
{
    return link_->bytes_read() - stream_->untaken();
}

void Connection::nonsense(std::string_view read, std::string_view expected)
{
    const std::uint64_t at = piece_starts_ - reply_starts_;
    const std::string text =
        fmt::format("nonsense from the server: read \"{}\" at byte {} of the reply, expected {}{}",
                    escaped(read, 64), at, expected, at == 0 ? looks_like(read, speaks_resp_) : "");
    close();
    throw NonsenseReply(text);
}

Exchange::Exchange(Connection& connection) : connection_(connection)
{
    if (!connection.is_open()) throw ConnectionLost("the connection is closed");
}

}  // namespace kv::client
