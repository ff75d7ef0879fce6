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
// A read is shown when it is known where in it requests end: before the next one, or before the
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

/// What all traces of a server share; it outlives them. Any thread.
class Tracing final : public LockWatch {
public:
    /// Takes whole lines, one or more; any thread calls it, several at a time.
    using Print = std::function<void(std::string_view lines)>;

    /// To standard error; in colour when that is a terminal and NO_COLOR is not set (no-color.org).
    Tracing();
    Tracing(Print print, bool coloured) : print_(std::move(print)), paint_(coloured) {}

    /// The trace of a client that has just been accepted. `client` outlives it.
    [[nodiscard]] std::unique_ptr<Observer> observer_of(const ClientRecord& client);

    void waited(std::chrono::nanoseconds time) override;

private:
    friend class Trace;

    /// How wide a row may be behind `prefix` columns, on the terminal as it is now.
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
    bool read_is_ahead_ = false;      ///< it had been read ahead
    std::size_t ahead_ = 0;           ///< bytes read ahead that are still to be taken
    std::vector<RequestName> names_;  ///< of the requests that have ended since the last read
    std::string after_read_;          ///< lines that come after it: what was executed, and written
    std::size_t executions_ = 0;      ///< of those since the last read

    RequestName executing_{};
    bool is_one_more_step_ = false;                  ///< of it, as a second key of a get is
    std::chrono::steady_clock::time_point began_{};  ///< of the present execution, or write
    std::string reply_;                              ///< what is being written, as it is shown
    bool answering_ = false;                         ///< a reply is being written
    std::uint64_t replies_ = 0;                      ///< whole ones, since the last write
    std::size_t unsent_ = 0;                         ///< bytes, when the last reply was whole
    std::size_t sent_ = 0;                           ///< bytes, since then
};

/// The trace if `tracing` is not null, a debug log if `log` has debug on, else null. All that is
/// passed outlives it; `name` is for log lines.
[[nodiscard]] std::unique_ptr<Observer> observer_of(const ClientRecord& client,
                                                    const std::string& name, Tracing* tracing,
                                                    Log& log);

}  // namespace kv
