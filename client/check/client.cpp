#include "client/check/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <thread>
#include <utility>

namespace kv::check {

namespace {

// The transcript keeps the beginning of a message; the Failure has all bytes for the comparison.
constexpr std::size_t max_drawn_bytes = 128;
constexpr std::size_t kept_bytes = 64;

Message beginning_of(const Message& message)
{
    if (message.bytes.size() <= max_drawn_bytes) return message;
    return cut_like(message, std::string_view(message.bytes).substr(0, kept_bytes));
}

bool is_same(const Event& a, const Event& b)
{
    return a.who == b.who && a.action == b.action && a.message.bytes == b.message.bytes &&
           a.more_bytes == b.more_bytes;
}

}  // namespace

void Transcript::note(std::string_view who, std::string_view action, const Message& message)
{
    Event event{std::string(who), std::string(action), beginning_of(message)};
    event.more_bytes = message.bytes.size() - event.message.bytes.size();
    const MutexLock lock(mutex_);
    if (!events_.empty() && is_same(events_.back(), event))
        ++events_.back().times;
    else
        events_.push_back(std::move(event));
}

std::vector<Event> Transcript::events() const
{
    const MutexLock lock(mutex_);
    return events_;
}

namespace {

using Clock = std::chrono::steady_clock;

// Long enough for a byte already on its way over loopback, short enough to wait often.
constexpr Milliseconds short_silence{20};
constexpr Milliseconds between_bytes{1};
constexpr Milliseconds settling_time{50};
constexpr std::size_t max_error_line_bytes = 2048;
constexpr std::size_t max_drained_bytes = 512;
// Bounds the time for a server that sends one byte before each deadline.
constexpr int limits_per_reply = 10;

DeadlineSocket connect(const std::string& name, const Address& address, Milliseconds limit,
                       int receive_buffer_bytes)
{
    try {
        return {address, limit, receive_buffer_bytes};
    } catch (const std::exception& error) {
        throw Failure(name, fmt::format("{} could not connect: {}", name, error.what()));
    }
}

std::string seconds(Milliseconds limit)
{
    return fmt::format("{:g} s", static_cast<double>(limit.count()) / 1000.0);
}

}  // namespace

Client::Client(std::string name, const Address& address, Milliseconds limit, Transcript& transcript,
               int receive_buffer_bytes)
    : name_(std::move(name)),
      limit_(limit),
      transcript_(&transcript),
      socket_(connect(name_, address, limit, receive_buffer_bytes))
{
    transcript_->note(name_, "connects");
}

void Client::fail(const std::string& sentence, Arrival last)
{
    throw Failure(name_, sentence, {}, {}, last);
}

void Client::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        std::size_t taken = 0;
        try {
            taken = socket_.write_some(bytes, limit_);
        } catch (const std::system_error&) {
            throw Failure(
                name_, fmt::format("the server closed the connection while {} was sending", name_),
                {}, drain());
        }
        if (taken == 0)
            fail(fmt::format("the server did not read from {} for {}", name_, seconds(limit_)),
                 Arrival::nothing_yet);
        bytes.remove_prefix(taken);
    }
}

void Client::send(const Message& message)
{
    transcript_->note(name_, "sends in one write", message);
    write(message.bytes);
}

void Client::send_in_pieces(const Message& message, const std::vector<std::size_t>& cuts,
                            Milliseconds pause)
{
    std::vector<std::size_t> ends = cuts;
    ends.push_back(message.bytes.size());
    std::size_t from = 0;
    for (const std::size_t end : ends) {
        if (from > 0) {
            // The pause makes the pieces arrive separately; listening meanwhile catches a premature
            // answer.
            std::string hasty;
            if (socket_.read_some(hasty, max_drained_bytes, pause) != Arrival::nothing_yet)
                throw Failure(name_,
                              fmt::format("{} had sent {} of {} bytes when the server already {}",
                                          name_, from, message.bytes.size(),
                                          hasty.empty() ? "closed the connection" : "answered"),
                              {}, hasty + drain());
        }
        const Message piece = slice(message, from, end);
        // A message sent byte by byte is noted as a whole by the caller.
        if (cuts.size() < 4) transcript_->note(name_, "sends a piece", piece);
        write(piece.bytes);
        from = end;
    }
}

void Client::send_byte_by_byte(const Message& message)
{
    transcript_->note(name_, "sends byte by byte", message);
    std::vector<std::size_t> cuts;
    for (std::size_t position = 1; position < message.bytes.size(); ++position)
        cuts.push_back(position);
    send_in_pieces(message, cuts, between_bytes);
}

std::string Client::drain()
{
    std::string rest;
    while (rest.size() < max_drained_bytes &&
           socket_.read_some(rest, max_drained_bytes - rest.size(), settling_time) ==
               Arrival::bytes) {
    }
    return rest;
}

void Client::expect(const Message& reply)
{
    const auto last_moment = Clock::now() + limits_per_reply * limit_;
    std::string got;
    Arrival last = Arrival::bytes;
    while (last == Arrival::bytes && got.size() < reply.bytes.size() &&
           Clock::now() < last_moment) {
        const std::size_t before = got.size();
        last = socket_.read_some(got, reply.bytes.size() - got.size(), limit_);
        if (reply.bytes.compare(before, got.size() - before, got, before) != 0) break;
    }
    if (got == reply.bytes) {
        transcript_->note(name_, "reads", cut_like(reply, got));
        return;
    }
    compare(reply, got, last);
}

void Client::compare(const Message& reply, const std::string& got, Arrival last)
{
    const std::string all = last == Arrival::bytes ? got + drain() : got;
    const std::size_t agreed = first_difference(all, reply.bytes);
    std::string sentence;
    if (agreed < all.size())
        sentence =
            fmt::format("the reply to {} differs from the expected one at byte {}", name_, agreed);
    else if (last == Arrival::end || last == Arrival::reset)
        sentence =
            fmt::format("the server {} after {} of the {} bytes expected by {}",
                        last == Arrival::end ? "closed the connection" : "reset the connection",
                        all.size(), reply.bytes.size(), name_);
    else
        sentence = fmt::format(
            "{} waited {}, and {} of the {} bytes of the reply came", name_, seconds(limit_),
            all.empty() ? "none" : fmt::format("{}", all.size()), reply.bytes.size());
    throw Failure(name_, sentence, reply, all, last);
}

void Client::ask(const Message& request, const Message& reply)
{
    send(request);
    expect(reply);
}

std::pair<std::string, Arrival> Client::read_line()
{
    std::string line;
    Arrival last = Arrival::bytes;
    while (last == Arrival::bytes && !line.ends_with('\n') && line.size() < max_error_line_bytes)
        last = socket_.read_some(line, 1, limit_);
    return {line, last};
}

void Client::expect_error(const Wire& wire)
{
    const auto [line, last] = read_line();
    if (wire.is_error(line)) {
        transcript_->note(name_, "reads", Message{}.add("reply line", line));
        return;
    }
    const bool is_resp = wire.mode() == Mode::resp;
    const Message wanted = Message{}.add("an error line", is_resp ? "-" : "ERROR\r\n");
    if (!line.empty())
        throw Failure(name_,
                      fmt::format("{} expected a line that begins with {}, and read something else",
                                  name_, is_resp ? "-" : "ERROR, CLIENT_ERROR or SERVER_ERROR"),
                      wanted, line + (last == Arrival::bytes ? drain() : ""), last);
    throw Failure(
        name_,
        last == Arrival::nothing_yet
            ? fmt::format("{} waited {} for an error line, and nothing came", name_,
                          seconds(limit_))
            : fmt::format("the server closed the connection to {} without an answer", name_),
        wanted, {}, last);
}

void Client::expect_count()
{
    const auto [line, last] = read_line();
    const bool is_count = line.size() > 3 && line.front() == ':' && line.ends_with("\r\n") &&
                          std::all_of(line.begin() + 1, line.end() - 2,
                                      [](char digit) { return digit >= '0' && digit <= '9'; });
    if (!is_count)
        throw Failure(name_, fmt::format("{} expected : and a number", name_),
                      Message{}.add("a number", ":1\r\n"), line, last);
    transcript_->note(name_, "reads", Message{}.add("number", line));
}

void Client::expect_silence()
{
    std::string surplus;
    const Arrival arrival = socket_.read_some(surplus, max_drained_bytes, short_silence);
    if (arrival == Arrival::nothing_yet) return;
    if (arrival != Arrival::bytes)
        fail(fmt::format("the server closed the connection of {}", name_), arrival);
    surplus += drain();
    throw Failure(
        name_, fmt::format("{} more bytes came after the whole reply to {}", surplus.size(), name_),
        Message{}, surplus);
}

void Client::expect_anything()
{
    std::string anything;
    (void)socket_.read_some(anything, max_drained_bytes, short_silence);
}

std::string Client::listen()
{
    std::string bytes;
    (void)socket_.read_some(bytes, max_drained_bytes, limit_);
    return bytes;
}

void Client::expect_close()
{
    std::string surplus;
    const Arrival arrival = socket_.read_some(surplus, max_drained_bytes, limit_);
    if (arrival == Arrival::end || arrival == Arrival::reset) {
        transcript_->note(name_, "reads the end of the stream");
        return;
    }
    if (arrival == Arrival::nothing_yet)
        fail(fmt::format("{} waited {} for the server to close the connection", name_,
                         seconds(limit_)),
             Arrival::nothing_yet);
    surplus += drain();
    throw Failure(
        name_,
        fmt::format("the server should have closed the connection of {}, but sent bytes", name_),
        Message{}, surplus);
}

bool Client::is_refused_while_sending(std::string_view filler, std::size_t max_bytes)
{
    transcript_->note(name_, fmt::format("sends up to {} bytes of this", max_bytes),
                      Message{}.add("no line end", filler));
    std::string answer;
    std::size_t sent = 0;
    while (sent < max_bytes) {
        try {
            const std::size_t taken = socket_.write_some(filler, limit_);
            sent += taken;
            if (taken == 0)
                return socket_.read_some(answer, 1, short_silence) != Arrival::nothing_yet;
        } catch (const std::system_error&) {
            return true;  // closed or reset meanwhile
        }
        if (socket_.read_some(answer, 1, Milliseconds(0)) != Arrival::nothing_yet) return true;
    }
    return socket_.read_some(answer, 1, limit_) != Arrival::nothing_yet;
}

void Client::let_replies_pile_up()
{
    transcript_->note(name_, "reads nothing until all buffers are full");
    const auto last_moment = Clock::now() + limit_;
    std::string nothing;
    for (std::size_t before = 0; Clock::now() < last_moment;) {
        // poll() cannot report that no more arrives while bytes are unread, so compare twice.
        std::this_thread::sleep_for(settling_time);
        const std::size_t now = socket_.unread();
        if (now > 0 && now == before) return;
        before = now;
    }
}

void Client::half_close()
{
    transcript_->note(name_, "closes its sending side");
    socket_.half_close();
}

void Client::reset()
{
    transcript_->note(name_, "resets the connection");
    socket_.reset();
}

void Client::close()
{
    transcript_->note(name_, "closes");
    socket_.close();
}

}  // namespace kv::check
