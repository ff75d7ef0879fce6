// observer.h: gets a call for each step of a session, as it happens.
//
// The debug log and the trace are observers. Every call comes from the session's own thread, unless
// it says otherwise; an observer that throws ends the session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kv {

class Observer {
public:
    virtual ~Observer() = default;

    /// The client's own thread runs.
    virtual void thread_started() {}
    /// The thread is about to sleep until the client sends something.
    virtual void blocked() {}
    /// One read gave these bytes (valid during the call only); empty: the client has finished.
    virtual void read(std::string_view /*bytes*/) {}
    /// A line has been taken out of what was read; `bytes` counts its end too.
    virtual void line_taken(std::string_view /*line*/, std::size_t /*bytes*/) {}
    /// The next `bytes` bytes are taken as a block, whatever they contain.
    virtual void block_begins(std::uint64_t /*bytes*/) {}
    /// A whole request has been taken; `unread` bytes of the last read belong to what follows it.
    virtual void message_ended(std::size_t /*unread*/) {}
    /// It has been executed, and is about to be answered.
    virtual void executed() {}
    /// Its answer has been written; `unsent` bytes of what was written are still to be sent.
    virtual void answered(std::size_t /*unsent*/) {}
    /// One write is about to send the two pieces, one after the other. It may block.
    virtual void writing(std::string_view /*head*/, std::string_view /*tail*/) {}
    /// It has sent these many bytes.
    virtual void wrote(std::size_t /*bytes*/) {}
    /// This many bytes have been read while that write waited; read() gets each of them later, when
    /// the stream comes to it.
    virtual void read_ahead(std::size_t /*bytes*/) {}
    /// The conversation is over; `how` says by whom and why.
    virtual void closed(std::string_view /*how*/) {}
};

}  // namespace kv
