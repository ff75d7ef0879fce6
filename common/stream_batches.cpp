// stream_batches.cpp: streams for batches: many requests from one read, and a peer that sends many
// before it reads.
//
// For a second reading: a single request and its reply do not need it. What the functions of one
// request call is not inlined into them, so that they stay small.
#include "common/buffered_stream.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

namespace kv {

namespace {

std::string does_not_read(std::size_t ahead, ReadAhead::Outcome last)
{
    std::string what = "the peer does not read";
    if (ahead > 0) what += "; " + std::to_string(ahead) + " bytes it has sent wait";
    if (last == ReadAhead::Outcome::no_room) what += ", and there is no room for more";
    return what;
}

}  // namespace

bool StreamBuffer::grow(std::size_t used)
{
    const std::size_t size = std::max(large_bytes, 2 * size_);
    std::unique_ptr<char[]> larger(new (std::nothrow) char[size]);
    if (!larger) return false;
    std::memcpy(larger.get(), data(), used);
    larger_ = std::move(larger);
    size_ = size;
    return true;
}

std::optional<std::string_view> BufferedStream::next_line(LineLimit limit)
{
    const std::string_view bytes = unread();
    const std::size_t newline = bytes.find('\n');
    if (newline == std::string_view::npos) return std::nullopt;
    std::string_view line = bytes.substr(0, newline);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > limit(line)) throw LineTooLong("the line is too long");
    return take_line(line, newline + 1);
}

std::optional<LinePart> BufferedStream::read_words(std::size_t longest)
{
    for (;;) {
        const std::string_view bytes = unread();
        const std::size_t newline = bytes.find('\n');
        const std::size_t blank = bytes.rfind(' ', newline);
        if (newline != std::string_view::npos) {
            std::string_view line = bytes.substr(0, newline);
            if (line.ends_with('\r')) line.remove_suffix(1);
            return LinePart{take_line(line, newline + 1), true};
        }
        // A leading blank is left over from the previous part.
        if (blank != std::string_view::npos && blank > 0) {
            return LinePart{take_line(bytes.substr(0, blank), blank), false};
        }
        if (bytes.size() > longest) throw LineTooLong("the word is too long");
        if (!fill()) return std::nullopt;
    }
}

void BufferedStream::skip(std::uint64_t count)
{
    if (observer_ != nullptr) observer_->block_begins(count);
    while (count > 0) {
        if (begin_ == end_ && !fill())
            throw Truncated("the peer closed in the middle of a message");
        const auto step = std::min<std::uint64_t>(count, end_ - begin_);
        take(static_cast<std::size_t>(step));
        count -= step;
    }
}

void BufferedStream::make_append_room(std::size_t bytes)
{
    if (pending_ + bytes > output_bytes) flush();
    while (pending_ + bytes > output_.size()) {
        if (output_.grow(pending_)) continue;
        flush();
        if (bytes > output_.size()) throw std::bad_alloc();
    }
}

std::size_t BufferedStream::bytes_ahead() const
{
    return ahead_ == nullptr ? 0 : ahead_->size();
}

[[gnu::noinline]] std::size_t BufferedStream::take_ahead(std::span<char> into)
{
    const std::size_t got = ahead_->take(into);
    if (ahead_->empty()) ahead_.reset();
    return got;
}

ReadAhead::Outcome BufferedStream::read_ahead()
{
    if (ahead_ == nullptr) ahead_ = std::make_unique<ReadAhead>(memory_);
    const ReadAhead::Outcome outcome = ahead_->read_from(transport_);
    if (ahead_->empty()) ahead_.reset();
    return outcome;
}

[[gnu::noinline]] void BufferedStream::deliver_mail()
{
    int left = 100;  // after that, requests are due
    while (const auto message = left-- > 0 ? mailbox_->take() : std::nullopt) write(*message);
    flush();
}

std::optional<std::string_view> BufferedStream::next_block(std::uint64_t bytes)
{
    if (bytes > end_ - begin_) return std::nullopt;
    const std::string_view block(unread().data(), static_cast<std::size_t>(bytes));
    if (observer_ != nullptr) observer_->block_begins(bytes);
    take(block.size());
    return block;
}

Wakeup BufferedStream::sleep(Deadline deadline)
{
    flush();
    if (observer_ != nullptr) observer_->blocked();
    const Wakeup wakeup = transport_.wait(Event::hang_up, mailbox_, deadline);
    if (wakeup == Wakeup::mail) deliver_mail();
    return wakeup;
}

/// Writes what a first write, which took `sent` bytes, has left of the two pieces.
[[gnu::noinline]] void BufferedStream::write_rest(std::string_view head, std::string_view tail,
                                                  std::size_t sent)
{
    const Deadline deadline = deadline_after(timeouts_.message);
    auto last = ReadAhead::Outcome::may_go_on;
    for (;;) {
        const std::size_t from_head = std::min(sent, head.size());
        head.remove_prefix(from_head);
        tail.remove_prefix(sent - from_head);
        if (head.empty() && tail.empty()) return;
        // The peer's window is full: it has stopped reading, for a moment or for good.
        if (sent == 0) wait_for_reader(deadline, last);
        sent = transport_.try_write(head, tail);
    }
}

/// The peer may not read before we have read all it sends, so reads ahead meanwhile.
void BufferedStream::wait_for_reader(Deadline deadline, ReadAhead::Outcome& last)
{
    const bool reads = last == ReadAhead::Outcome::may_go_on;
    switch (transport_.wait(reads ? Event::either : Event::writable, nullptr, deadline)) {
        case Wakeup::readable: last = read_ahead(); return;
        case Wakeup::writable:
        case Wakeup::mail: return;
        case Wakeup::timed_out: throw TimedOut(does_not_read(bytes_ahead(), last));
    }
}

}  // namespace kv
