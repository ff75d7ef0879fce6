#include "server/net/trace.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace kv {

namespace {

using Steady = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

// The most executions shown per read: a pipeline of a thousand requests need not take a thousand
// lines.
constexpr std::size_t most_executions_shown = 16;

// A write that takes longer has waited for its reader.
constexpr std::chrono::milliseconds slow_write{5};

/// How long this thread has waited for locks since its last request began. Kept per thread, because
/// the store does not know whose request it executes.
struct LockWaits {
    std::chrono::nanoseconds time{0};
    std::uint64_t count = 0;
};
thread_local LockWaits lock_waits;

bool standard_error_has_colour()
{
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') &&
           (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string spelled(Microseconds time)
{
    if (time.count() < 1) return fmt::format("{:.0f} ns", time.count() * 1'000);
    if (time.count() < 1'000) return fmt::format("{:.1f} us", time.count());
    if (time.count() < 1'000'000) return fmt::format("{:.1f} ms", time.count() / 1'000);
    return fmt::format("{:.1f} s", time.count() / 1'000'000);
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// An event's first word is what happened.
std::string with_strong_verb(std::string_view what, const TracePaint& paint)
{
    const std::size_t end = std::min(what.find_first_of(" :"), what.size());
    return paint.strong(what.substr(0, end)).append(what.substr(end));
}

/// For --log-level debug. Used by one session's thread. `log` and `name` outlive it.
class DebugLog final : public Observer {
public:
    DebugLog(Log& log, const std::string& name) : log_(log), name_(name) {}

    void thread_started() override { log_.debug(fmt::format("{}: accepted", name_)); }
    void read(std::string_view bytes) override
    {
        log_.debug(fmt::format("{}: read {} bytes: {}", name_, bytes.size(), escaped(bytes)));
    }
    void message_ended(std::size_t unread) override
    {
        log_.debug(
            fmt::format("{}: a request ends {} bytes before the end of the input", name_, unread));
    }
    void wrote(std::size_t bytes) override
    {
        log_.debug(fmt::format("{}: wrote {} bytes", name_, bytes));
    }
    void read_ahead(std::size_t bytes) override
    {
        log_.debug(fmt::format("{}: read {} bytes ahead while it waited to write", name_, bytes));
    }
    void closed(std::string_view how) override
    {
        log_.debug(fmt::format("{}: closed: {}", name_, how));
    }

private:
    Log& log_;
    const std::string& name_;
};

std::string spelled(const LockWaits& waits)
{
    if (waits.count == 0) return "without the lock";
    if (waits.count == 1) return fmt::format("waited {} for the lock", spelled(waits.time));
    return fmt::format("waited {} for the lock, taken {} times", spelled(waits.time), waits.count);
}

}  // namespace

Tracing::Tracing()
    : Tracing(
          // One call is one write, as stderr is unbuffered: lines of different clients do not mix.
          [](std::string_view lines) { (void)std::fwrite(lines.data(), 1, lines.size(), stderr); },
          standard_error_has_colour())
{
}

std::unique_ptr<Observer> Tracing::observer_of(const ClientRecord& client)
{
    return std::make_unique<Trace>(*this, client);
}

std::size_t Tracing::room_behind(std::size_t prefix)
{
    constexpr std::size_t least = 24;
    constexpr std::size_t most = 84;
    winsize screen{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &screen) != 0 || screen.ws_col == 0) return most;
    return std::clamp<std::size_t>(screen.ws_col - std::min<std::size_t>(screen.ws_col, prefix),
                                   least, most);
}

void Tracing::waited(std::chrono::nanoseconds time)
{
    lock_waits.time += time;
    ++lock_waits.count;
}

Trace::Trace(const Tracing& tracing, const ClientRecord& client)
    : tracing_(tracing), client_(client), who_(fmt::format("client {}", client.id()))
{
    event(fmt::format("accepted: {} on {}, to {}", client.address(), client.scheme(),
                      client.local_address()));
    flush();
}

void Trace::thread_started()
{
    event(fmt::format("started its thread, {} after the accept",
                      spelled(Steady::now() - client_.since())));
    flush();
}

void Trace::blocked()
{
    show_read();
    event(map_.ended_inside_a_request() ? "blocked: waits for the rest"
                                        : "blocked: waits for a request");
    flush();
}

void Trace::read(std::string_view bytes)
{
    show_read();
    map_.read(bytes);
    read_at_ = now();
    read_is_ahead_ = ahead_ > 0;
    ahead_ -= std::min(ahead_, bytes.size());
    read_to_show_ = !bytes.empty();
    if (bytes.empty()) event("read 0 bytes: the client has finished sending");
    flush();
}

void Trace::line_taken(std::string_view line, std::size_t bytes)
{
    map_.line_taken(line, bytes);
}

void Trace::message_ended(std::size_t unread)
{
    RequestName ended{map_.request(), map_.name()};
    is_one_more_step_ = !map_.message_ended(unread);
    if (!is_one_more_step_) {
        executing_ = ended;
        names_.push_back(std::move(ended));
    }
    lock_waits = {};
    began_ = Steady::now();
}

void Trace::executed()
{
    const Microseconds time = Steady::now() - began_;
    answering_ = true;
    if (++executions_ > most_executions_shown) return;
    const std::string name = executing_.name.empty() ? "" : fmt::format(" `{}`", executing_.name);
    after_read_ += line(now(), fmt::format("executed {}{}{} in {}, {}", executing_.request, name,
                                           is_one_more_step_ ? ", one more step," : "",
                                           spelled(time), spelled(lock_waits)));
}

void Trace::answered(std::size_t unsent)
{
    answering_ = false;
    if (unsent + sent_ > unsent_ && !is_one_more_step_) ++replies_;
    unsent_ = unsent;
    sent_ = 0;
}

/// Shows the last read: by now the ends of its requests are known, unless the output filled up
/// midway.
void Trace::writing(std::string_view head, std::string_view tail)
{
    if (map_.untaken() == 0) show_read();
    flush();
    reply_ = shown(std::string(head).append(tail), tracing_.paint_);
    began_ = Steady::now();
}

void Trace::wrote(std::size_t bytes)
{
    const Microseconds time = Steady::now() - began_;
    std::string what = what_was_written(bytes);
    if (time > slow_write) what += fmt::format("; it took {}", spelled(time));
    std::string& lines = read_to_show_ ? after_read_ : lines_;
    lines += line(now(), what);
    lines += line({}, "  " + reply_);
    if (!read_to_show_) flush();
    sent_ = answering_ ? sent_ + bytes : 0;
    if (!answering_) unsent_ = 0;
    replies_ = 0;
}

void Trace::read_ahead(std::size_t bytes)
{
    ahead_ += bytes;
    std::string& lines = read_to_show_ ? after_read_ : lines_;
    lines += line(now(), fmt::format("read {} ahead, while that write waited for its reader",
                                     counted(bytes, "byte", "bytes")));
    if (!read_to_show_) flush();
}

std::string Trace::what_was_written(std::size_t bytes) const
{
    std::string what = fmt::format("wrote {} as one write", counted(bytes, "byte", "bytes"));
    if (replies_ > 0) what += fmt::format(" for {}", counted(replies_, "reply", "replies"));
    if (answering_) what += replies_ > 0 ? " and a part of the next" : " for a part of a reply";
    if (replies_ == 0 && !answering_)
        what += ": not a reply, but a message that another client caused";
    return what;
}

void Trace::closed(std::string_view how)
{
    show_read();
    event(fmt::format("closed {}", how));
    flush();
}

void Trace::show_read()
{
    if (!read_to_show_) return;
    read_to_show_ = false;
    const std::string bytes = counted(map_.bytes().size(), "byte", "bytes");
    lines_ += line(read_at_, read_is_ahead_ ? "took " + bytes + " of what it had read ahead"
                                            : "read " + bytes);
    if (map_.ended_inside_a_request()) names_.push_back({map_.request(), map_.name()});
    const std::size_t room = Tracing::room_behind(who_.size() + 15);  // with the time and blanks
    for (const auto& row :
         draw_ruler(map_.bytes(), map_.stretches(), names_, tracing_.paint_, room)) {
        detail("  " + row);
    }
    const std::string where = "this read ended " + map_.where_it_ended();
    detail("  " + (map_.ended_inside_a_request() ? tracing_.paint_.notable(where)
                                                 : tracing_.paint_.quiet(where)));
    lines_ += after_read_;
    if (executions_ > most_executions_shown) {
        event(fmt::format("executed {} more", executions_ - most_executions_shown));
    }
    after_read_.clear();
    names_.clear();
    executions_ = 0;
}

void Trace::event(std::string_view what)
{
    lines_ += line(now(), what);
}

void Trace::detail(std::string_view what)
{
    lines_ += line({}, what);
}

std::string Trace::line(std::string_view time, std::string_view what) const
{
    const TracePaint& paint = tracing_.paint_;
    return fmt::format("{} {} {}\n", paint.quiet(fmt::format("{:>9}", time)),
                       paint.client(client_.id(), who_ + " |"),
                       time.empty() ? std::string(what) : with_strong_verb(what, paint));
}

/// Seconds since the server started.
std::string Trace::now() const
{
    return fmt::format("{:.6f}",
                       std::chrono::duration<double>(Steady::now() - tracing_.began_).count());
}

void Trace::flush()
{
    if (lines_.empty()) return;
    tracing_.print_(lines_);
    lines_.clear();
}

std::unique_ptr<Observer> observer_of(const ClientRecord& client, const std::string& name,
                                      Tracing* tracing, Log& log)
{
    if (tracing != nullptr) return tracing->observer_of(client);
    if (log.is_on(LogLevel::debug)) return std::make_unique<DebugLog>(log, name);
    return nullptr;
}

}  // namespace kv
