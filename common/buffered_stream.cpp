#include "common/buffered_stream.h"

#include <algorithm>
#include <cstring>

namespace kv {

BufferedStream::BufferedStream(Transport& transport, Timeouts timeouts, Mailbox* mailbox,
                               Observer* observer, MemorySource* memory)
    : transport_(transport),
      timeouts_(timeouts),
      mailbox_(mailbox),
      observer_(observer),
      memory_(memory)
{
}

void BufferedStream::begin_message()
{
    in_message_ = false;
    message_ends_.reset();
}

std::optional<std::string_view> BufferedStream::read_line(LineLimit limit)
{
    std::size_t searched = 0;
    if (begin_ == end_ && !fill()) return std::nullopt;
    for (;;) {
        const std::string_view bytes = unread();
        const std::size_t newline = bytes.find('\n', searched);
        std::string_view line = bytes.substr(0, newline);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() > limit(line)) throw LineTooLong("the line is too long");
        if (newline != std::string_view::npos) return take_line(line, newline + 1);
        searched = bytes.size();
        if (!fill()) return std::nullopt;
    }
}

std::string_view BufferedStream::take_line(std::string_view line, std::size_t bytes)
{
    if (observer_ != nullptr) observer_->line_taken(line, bytes);
    take(bytes);
    return line;
}

void BufferedStream::read_exactly(std::span<char> into)
{
    if (observer_ != nullptr) observer_->block_begins(into.size());
    while (!into.empty()) {
        std::size_t got = std::min(into.size(), end_ - begin_);
        if (got > 0) {
            std::memcpy(into.data(), unread().data(), got);
            take(got);
        } else if (into.size() < input_bytes) {
            // A short rest comes through the buffer, and with it, in the same read, what follows
            // it.
            if (!fill()) throw Truncated("the peer closed in the middle of a message");
        } else {
            got = receive(into);
            if (got == 0) throw Truncated("the peer closed in the middle of a message");
        }
        into = into.subspan(got);
    }
}

/// Reads more bytes behind those in the input. false: the peer has finished.
bool BufferedStream::fill()
{
    make_room();
    const std::size_t got = receive({input_.data() + end_, input_.size() - end_});
    end_ += got;
    return got > 0;
}

/// Moves what is unread to the front. A larger buffer is taken when the last read has filled a
/// small one, since there is probably more to come, or when what is unread fills it, which only a
/// line within its limit can do.
void BufferedStream::make_room()
{
    const bool was_filled = end_ == input_.size();
    if (begin_ != end_) std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const bool is_full = end_ == input_.size();
    if (!is_full && (!was_filled || input_.size() >= input_bytes)) return;
    if (!input_.grow(end_) && is_full) throw std::bad_alloc();
}

/// One read. Whatever has gathered is sent first, unless there is more to answer already: the peer
/// may be waiting for it.
std::size_t BufferedStream::receive(std::span<char> into)
{
    if (ahead_ == nullptr) flush();
    // The input is empty then, and may be given back.
    const bool into_input = into.data() == input_.data();
    for (;;) {
        if (const auto got = try_receive(into)) {
            if (observer_ != nullptr) observer_->read({into.data(), *got});
            return *got;
        }
        if (into_input && !in_message_) {
            // Nothing has come and nothing is owed: an idle client is to cost little.
            input_.shrink();
            output_.shrink();
            into = {input_.data(), input_.size()};
        }
        wait_for_input();
    }
}

/// Each flush may have read ahead, that of mail too.
std::optional<std::size_t> BufferedStream::try_receive(std::span<char> into)
{
    if (ahead_ != nullptr) return take_ahead(into);
    return transport_.try_read(into);
}

void BufferedStream::wait_for_input()
{
    if (observer_ != nullptr) observer_->blocked();
    const bool between_messages = !in_message_ && begin_ == end_;
    switch (
        transport_.wait(Event::readable, between_messages ? mailbox_ : nullptr, input_deadline())) {
        case Wakeup::readable:
        case Wakeup::writable: return;
        case Wakeup::mail: return deliver_mail();
        case Wakeup::timed_out:
            throw TimedOut(between_messages ? "idle for too long"
                                            : "a request did not arrive whole");
    }
}

/// The clock is read only here, when the thread is about to sleep anyway.
Deadline BufferedStream::input_deadline()
{
    const Deadline idle_ends = deadline_after(timeouts_.idle);
    if (!in_message_ && begin_ == end_) return idle_ends;
    if (!message_ends_) message_ends_ = deadline_after(timeouts_.message);
    return std::min(idle_ends, *message_ends_);
}

void BufferedStream::write(std::string_view bytes)
{
    const std::size_t size = pending_ + bytes.size();
    if (size > output_bytes || (size > output_.size() && !output_.grow(pending_))) {
        send({output_.data(), pending_}, bytes);
        pending_ = 0;
        return;
    }
    bytes.copy(output_.data() + pending_, bytes.size());
    pending_ += bytes.size();
}

void BufferedStream::flush()
{
    if (pending_ == 0) return;
    send({output_.data(), pending_}, {});
    pending_ = 0;
}

void BufferedStream::send(std::string_view head, std::string_view tail)
{
    const std::size_t ahead = observer_ == nullptr ? 0 : bytes_ahead();
    if (observer_ != nullptr) observer_->writing(head, tail);
    const std::size_t sent = transport_.try_write(head, tail);
    if (sent != head.size() + tail.size()) write_rest(head, tail, sent);
    if (observer_ == nullptr) return;
    observer_->wrote(head.size() + tail.size());
    if (bytes_ahead() > ahead) observer_->read_ahead(bytes_ahead() - ahead);
}

}  // namespace kv
