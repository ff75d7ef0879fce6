// trace.h: kvserver --trace shows what each client's thread does; --log-level debug logs it, one
// line an event.
//
//    0.512 client 1 | read 10 bytes
//          client 1 |   lloget a\r\n
//          client 1 |   <-][=======]
//          client 1 |   1  2 get a
//          client 1 |   this read ended where request 2 ended
//    0.512 client 1 | executed request 1, `set a`, in 2.4 us, having waited 0.1 us for the lock
//
// A read is shown once the ends of its requests are known: before the next read, or before the
// thread sleeps or writes.
#pragma once

#include "common/log.h"
#include "common/mutex.h"
#include "common/observer.h"
#include "server/command/context.h"
#include "server/net/trace_ruler.h"

#include <functional>
#include <memory>

namespace kv {

/// Shared by all traces of a server, and outlives them. Any thread.
class Tracing final : public LockWatch {
public:
    /// Takes one or more whole lines. Any thread may call it, also several at a time.
    using Print = std::function<void(std::string_view lines)>;

    /// Writes to standard error, in colour when that is a terminal and NO_COLOR is not set
    /// (no-color.org).
    Tracing();
    Tracing(Print print, bool coloured) : print_(std::move(print)), paint_(coloured) {}

    /// The trace of a newly accepted client. `client` outlives it.
    [[nodiscard]] std::unique_ptr<Observer> observer_of(const ClientRecord& client);

    void waited(std::chrono::nanoseconds time) override;

private:
    friend class Trace;

    /// How many columns a row may have after `prefix` columns, on the terminal as it is now.
    [[nodiscard]] static std::size_t room_behind(std::size_t prefix);

    const Print print_;
    const TracePaint paint_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// Used by one session's thread.
class Trace final : public Observer {
public:
    Trace(const Tracing& tracing, const ClientRecord& client);
    ~Trace() override { flush(); }

    void thread_started() override;
    void blocked() override;
    void read(std::string_view bytes) override;
    void line_taken(std::string_view line, std::size_t bytes) override;
    void block_begins(std::uint64_t bytes) override { map_.block_begins(bytes); }
    void message_ended(std::size_t unread) override;
    void executed() override;
    void answered(std::size_t unsent) override;
    void writing(std::string_view head, std::string_view tail) override;
    void wrote(std::size_t bytes) override;
    void read_ahead(std::size_t bytes) override;
    void closed(std::string_view how) override;

private:
    void event(std::string_view what);
    void detail(std::string_view line);
    void show_read();
    void flush();
    [[nodiscard]] std::string line(std::string_view time, std::string_view what) const;
    [[nodiscard]] std::string now() const;
    [[nodiscard]] std::string what_was_written(std::size_t bytes) const;

    const Tracing& tracing_;
    const ClientRecord& client_;
    const std::string who_;
    std::string lines_;  ///< not printed yet

    TraceMap map_;
    bool read_to_show_ = false;
    std::string read_at_;
    bool read_is_ahead_ = false;      ///< its bytes were read ahead
    std::size_t ahead_ = 0;           ///< bytes read ahead and not taken yet
    std::vector<RequestName> names_;  ///< requests that have ended since the last read
    std::string after_read_;          ///< lines for after the read: executions and writes
    std::size_t executions_ = 0;      ///< since the last read

    RequestName executing_{};
    bool is_one_more_step_ = false;                  ///< another step of it: a get's second key
    std::chrono::steady_clock::time_point began_{};  ///< the present execution or write
    std::string reply_;                              ///< the bytes being written, as shown
    bool answering_ = false;                         ///< a reply is being written
    std::uint64_t replies_ = 0;                      ///< whole replies since the last write
    std::size_t unsent_ = 0;  ///< unsent bytes when the last reply was complete
    std::size_t sent_ = 0;    ///< bytes sent since then
};

/// The trace if `tracing` is not null, a debug log if `log` has debug on, else null. All arguments
/// outlive it; `name` is for log lines.
[[nodiscard]] std::unique_ptr<Observer> observer_of(const ClientRecord& client,
                                                    const std::string& name, Tracing* tracing,
                                                    Log& log);

}  // namespace kv
