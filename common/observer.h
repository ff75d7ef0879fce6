// observer.h: is called for each step of a session, as it happens.
//
// The debug log and the trace are observers. Every call is made by the session's thread, unless
// stated otherwise; an observer that throws ends the session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kv {

class Observer {
public:
    virtual ~Observer() = default;

    /// The client's thread has started.
    virtual void thread_started() {}
    /// The thread is about to sleep until the client sends something.
    virtual void blocked() {}
    /// One read returned these bytes (valid during the call only); empty: end of input.
    virtual void read(std::string_view /*bytes*/) {}
    /// A line has been taken from the input; `bytes` includes its line end.
    virtual void line_taken(std::string_view /*line*/, std::size_t /*bytes*/) {}
    /// The next `bytes` bytes are a block of any content.
    virtual void block_begins(std::uint64_t /*bytes*/) {}
    /// A whole request has been taken; `unread` bytes of the last read follow it.
    virtual void message_ended(std::size_t /*unread*/) {}
    /// It has been executed, and is about to be answered.
    virtual void executed() {}
    /// Its answer is in the output; `unsent` bytes of the output have not been sent yet.
    virtual void answered(std::size_t /*unsent*/) {}
    /// One write is about to send these two pieces. It may block.
    virtual void writing(std::string_view /*head*/, std::string_view /*tail*/) {}
    /// It has sent this many bytes.
    virtual void wrote(std::size_t /*bytes*/) {}
    /// This many bytes were read ahead while the write waited; read() reports them later, when the
    /// stream gets to them.
    virtual void read_ahead(std::size_t /*bytes*/) {}
    /// The conversation is over; `how` says by whom and why.
    virtual void closed(std::string_view /*how*/) {}
};

}  // namespace kv
