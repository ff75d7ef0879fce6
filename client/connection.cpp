#include "client/connection.h"

#include "client/errors.h"
#include "client/link.h"
#include "common/log.h"

#include <fmt/format.h>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace kv {

/// Gives a link the deadline of the present reply. The stream's own timeouts start anew with every
/// message and wait; a server that sends a byte a second would satisfy them for ever.
class Connection::TimedLink final : public Transport {
public:
    TimedLink(std::unique_ptr<Transport> link, std::chrono::milliseconds timeout)
        : link_(std::move(link)), timeout_(timeout)
    {
    }

    void start_deadline() { deadline_ = deadline_after(timeout_); }
    void stop_deadline() { deadline_ = no_deadline; }
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        // Also here: a server that sends faster than we read never makes us wait.
        if (deadline_ != no_deadline && std::chrono::steady_clock::now() >= deadline_) time_out();
        const auto got = link_->try_read(into);
        bytes_read_ += got.value_or(0);
        return got;
    }

    Wakeup wait_readable(const Mailbox* mailbox, Deadline) override
    {
        const Wakeup wakeup = link_->wait_readable(mailbox, deadline_);
        if (wakeup == Wakeup::timed_out) time_out();
        return wakeup;
    }

    void write_all(std::string_view head, std::string_view tail, std::chrono::milliseconds) override
    {
        link_->write_all(head, tail, timeout_);
        if (deadline_ != no_deadline) start_deadline();  // the reply is due from now
    }

private:
    [[noreturn]] void time_out() const
    {
        throw TimedOut(fmt::format("no reply within {} ms", timeout_.count()));
    }

    std::unique_ptr<Transport> link_;
    std::chrono::milliseconds timeout_;
    Deadline deadline_ = no_deadline;
    std::uint64_t bytes_read_ = 0;
};

namespace {

std::size_t reply_line_limit(std::string_view)
{
    return Connection::max_line_bytes;
}

}  // namespace

Connection::Connection(std::unique_ptr<Transport> link, const ClientOptions& options,
                       Observer* observer)
    : options_(options),
      observer_(observer),
      link_(std::make_unique<TimedLink>(std::move(link), options.reply_timeout)),
      stream_(
          std::make_unique<BufferedStream>(*link_, BufferedStream::Timeouts{}, nullptr, observer))
{
}

Connection::~Connection() = default;

void Connection::close()
{
    stream_.reset();
    link_.reset();
}

BufferedStream& Connection::stream()
{
    if (!is_open()) throw ConnectionLost("the connection is closed");
    return *stream_;
}

/// The one place where the stream's exceptions become the client's; each of them closes.
template <class Call>
auto Connection::guarded(Call call)
{
    try {
        return call(stream());
    } catch (const TimedOut& error) {
        close();
        throw NoReplyInTime(error.what());
    } catch (const LineTooLong&) {
        nonsense(stream_->unread(), fmt::format("a line of at most {} bytes", max_line_bytes));
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

void Connection::begin_reply()
{
    stream().begin_message();
    link_->start_deadline();
    reply_starts_ = position();
}

void Connection::end_reply()
{
    if (observer_ != nullptr) observer_->message_ended(stream().unread().size());
}

void Connection::wait_for_ever()
{
    if (is_open()) link_->stop_deadline();
}

std::string_view Connection::read_line()
{
    begin_piece();
    const auto line =
        guarded([](BufferedStream& stream) { return stream.read_line(reply_line_limit); });
    if (line) return *line;
    const bool at_start = position() == reply_starts_ && stream_->unread().empty();
    close();
    throw ConnectionLost(at_start ? "the server closed the connection"
                                  : "the server closed the connection in the middle of a reply");
}

/// Grows with what arrives: an announced length costs nothing until its bytes are here.
std::string Connection::read_block(std::uint64_t size)
{
    constexpr std::uint64_t first_step = 64 << 10;
    begin_piece();
    std::string block;
    while (block.size() < size) {
        const std::size_t had = block.size();
        const auto step =
            std::min<std::uint64_t>(size - had, std::max<std::uint64_t>(first_step, had));
        block.resize(had + static_cast<std::size_t>(step));
        guarded(
            [&](BufferedStream& stream) { stream.read_exactly(std::span(block).subspan(had)); });
    }
    return block;
}

void Connection::expect_line_end()
{
    const std::string end = read_block(2);
    if (end != "\r\n") nonsense(end, "CR LF behind the value");
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
    return link_->bytes_read() - stream_->unread().size();
}

void Connection::nonsense(std::string_view read, std::string_view expected)
{
    const std::string text =
        fmt::format("nonsense from the server: read \"{}\" at byte {} of the reply, expected {}",
                    escaped(read, 64), piece_starts_ - reply_starts_, expected);
    close();
    throw NonsenseReply(text);
}

Exchange::Exchange(Connection& connection) : connection_(connection)
{
    if (!connection.is_open()) throw ConnectionLost("the connection is closed");
}

}  // namespace kv
