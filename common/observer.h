// observer.h: the one place that is told what a session does, as it does it.
//
// The debug log listens here. Every call comes from the session's own thread; a listener that
// throws ends the session.
#pragma once

#include <cstddef>
#include <string_view>

namespace kv {

class Observer {
public:
    virtual ~Observer() = default;

    /// The thread is about to sleep until the client sends something.
    virtual void blocked() {}
    /// One read gave these bytes (valid during the call only).
    virtual void read(std::string_view /*bytes*/) {}
    /// A whole request has been taken; `unread` bytes of the last read belong to what follows it.
    virtual void message_ended(std::size_t /*unread*/) {}
    /// It has been executed, and is about to be answered.
    virtual void executed() {}
    /// One write sent these many bytes.
    virtual void wrote(std::size_t /*bytes*/) {}
};

}  // namespace kv
