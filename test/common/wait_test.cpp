#include "common/transport.h"

#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <thread>

BOOST_AUTO_TEST_SUITE(wait_test)

using kv::deadline_after;
using kv::Event;
using kv::no_deadline;
using kv::wait_for;
using kv::Wakeup;
using std::chrono::steady_clock;

namespace {

struct Pipe {
    Pipe() { BOOST_REQUIRE(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) == 0); }
    Pipe(int read_end, int write_end) : ends_{read_end, write_end} {}
    ~Pipe()
    {
        close_read();
        close_write();
    }
    [[nodiscard]] int read_end() const { return ends_[0]; }
    [[nodiscard]] int write_end() const { return ends_[1]; }
    /// No check of Boost.Test in here: they are for one thread, and this is called by two.
    [[nodiscard]] bool put() const { return ::write(write_end(), "x", 1) == 1; }
    void fill() const
    {
        const std::array<char, 4096> bytes{};
        while (::write(write_end(), bytes.data(), bytes.size()) > 0) {
        }
    }
    void close_read() { close_end(0); }
    void close_write() { close_end(1); }

private:
    void close_end(std::size_t end)
    {
        if (ends_[end] >= 0) ::close(ends_[end]);
        ends_[end] = -1;
    }
    std::array<int, 2> ends_{-1, -1};
};

const auto past = steady_clock::now() - std::chrono::hours(1);

}  // namespace

BOOST_AUTO_TEST_CASE(a_timeout_of_zero_is_no_deadline)
{
    BOOST_TEST((deadline_after(std::chrono::milliseconds(0)) == no_deadline));
}

BOOST_AUTO_TEST_CASE(a_deadline_is_the_timeout_from_now)
{
    const std::chrono::milliseconds hour{3'600'000};
    const auto before = steady_clock::now();
    const auto deadline = deadline_after(hour);
    const auto after = steady_clock::now();
    BOOST_TEST((deadline >= before + hour));
    BOOST_TEST((deadline <= after + hour));
}

BOOST_AUTO_TEST_CASE(what_is_readable_already_is_not_waited_for)
{
    const Pipe pipe;
    BOOST_TEST(pipe.put());
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, past) == Wakeup::readable));
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, no_deadline) == Wakeup::readable));
}

BOOST_AUTO_TEST_CASE(a_hang_up_counts_as_ready)
{
    Pipe pipe;
    pipe.close_write();
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, no_deadline) == Wakeup::readable));
}

BOOST_AUTO_TEST_CASE(an_error_counts_as_ready)
{
    Pipe pipe;
    pipe.fill();
    pipe.close_read();
    BOOST_TEST((wait_for(pipe.write_end(), Event::writable, -1, no_deadline) == Wakeup::writable));
}

BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_ends_the_wait)
{
    const Pipe pipe;
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, past) == Wakeup::timed_out));
}

BOOST_AUTO_TEST_CASE(a_wait_never_ends_before_its_deadline)
{
    const Pipe pipe;
    const auto deadline = deadline_after(std::chrono::milliseconds(3));
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, deadline) == Wakeup::timed_out));
    BOOST_TEST((steady_clock::now() >= deadline));
}

BOOST_AUTO_TEST_CASE(room_to_write_is_waited_for_as_well)
{
    const Pipe pipe;
    BOOST_TEST((wait_for(pipe.write_end(), Event::writable, -1, past) == Wakeup::writable));
    pipe.fill();
    BOOST_TEST((wait_for(pipe.write_end(), Event::writable, -1, past) == Wakeup::timed_out));
}

BOOST_AUTO_TEST_CASE(a_wait_for_either_ends_with_what_is_ready_and_writing_goes_first)
{
    std::array<int, 2> ends{};
    BOOST_REQUIRE(
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    const Pipe near(ends[0], ::dup(ends[0]));
    const Pipe far(ends[1], ::dup(ends[1]));
    BOOST_TEST(far.put());
    BOOST_TEST((wait_for(ends[0], Event::either, -1, past) == Wakeup::writable));
    near.fill();
    BOOST_TEST((wait_for(ends[0], Event::either, -1, past) == Wakeup::readable));
}

BOOST_AUTO_TEST_CASE(mail_ends_the_wait)
{
    const Pipe pipe;
    const Pipe mail;
    BOOST_TEST(mail.put());
    BOOST_TEST(
        (wait_for(pipe.read_end(), Event::readable, mail.read_end(), no_deadline) == Wakeup::mail));
}

BOOST_AUTO_TEST_CASE(another_thread_ends_the_wait)
{
    const Pipe pipe;
    std::jthread writer([&] { (void)pipe.put(); });
    BOOST_TEST((wait_for(pipe.read_end(), Event::readable, -1, no_deadline) == Wakeup::readable));
}

namespace {

std::atomic<int> signals{0};
std::atomic<int> signalled_pipe{-1};

/// The third signal makes the descriptor readable; the first two only interrupt.
extern "C" void on_alarm(int)
{
    if (++signals != 3) return;
    [[maybe_unused]] const auto written = ::write(signalled_pipe, "x", 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_interrupted_wait_is_resumed)
{
    const Pipe pipe;
    signalled_pipe = pipe.write_end();
    struct sigaction action {};
    action.sa_handler = on_alarm;
    struct sigaction before {};
    ::sigaction(SIGALRM, &action, &before);
    const itimerval every_millisecond{{0, 1000}, {0, 1000}};
    ::setitimer(ITIMER_REAL, &every_millisecond, nullptr);

    const Wakeup wakeup = wait_for(pipe.read_end(), Event::readable, -1, no_deadline);

    const itimerval off{};
    ::setitimer(ITIMER_REAL, &off, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    BOOST_TEST((wakeup == Wakeup::readable));
    BOOST_TEST(signals >= 3);
}

BOOST_AUTO_TEST_SUITE_END()
