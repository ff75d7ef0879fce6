#include "common/log.h"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

BOOST_AUTO_TEST_SUITE(log_test)

using kv::escaped;
using kv::Log;
using kv::LogLevel;

namespace {

/// What has been written to a pipe or a socket whose reading end does not block.
std::string read_all(int descriptor)
{
    std::string all;
    std::array<char, 4096> piece;
    for (ssize_t count = 0; (count = ::read(descriptor, piece.data(), piece.size())) > 0;) {
        all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
}

std::size_t times(const std::string& text, const std::string& what)
{
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++found;
    return found;
}

constexpr std::size_t many = 10'000;

/// Logs more than the ends hold together, to nobody.
void log_many(Log& log)
{
    for (std::size_t i = 0; i < many; ++i) log.info(std::string(100, 'x'));
}

}  // namespace

BOOST_AUTO_TEST_CASE(printable_bytes_are_shown_as_they_are)
{
    BOOST_TEST(escaped("get key~ !") == "get key~ !");
}

BOOST_AUTO_TEST_CASE(a_client_cannot_forge_a_line_or_reach_a_terminal)
{
    BOOST_TEST(escaped("a\r\nb") == "a\\x0d\\x0ab");
    BOOST_TEST(escaped(std::string_view("\0\x1b\x7f\xff", 4)) == "\\x00\\x1b\\x7f\\xff");
}

BOOST_AUTO_TEST_CASE(an_escape_cannot_be_forged_either)
{
    BOOST_TEST(escaped("\\x0a") == "\\x5cx0a");
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut)
{
    BOOST_TEST(escaped("abcdef", 6) == "abcdef");
    BOOST_TEST(escaped("abcdef", 5) == "abcde...");
    BOOST_TEST(escaped(std::string(1000, 'x')).size() == 128U + 3U);
}

BOOST_AUTO_TEST_CASE(a_level_turns_on_what_is_as_grave_or_graver)
{
    Log log(LogLevel::warning);
    BOOST_TEST(!log.is_on(LogLevel::debug));
    BOOST_TEST(!log.is_on(LogLevel::info));
    BOOST_TEST(log.is_on(LogLevel::warning));
    BOOST_TEST(log.is_on(LogLevel::error));
    log.set_level(LogLevel::off);
    BOOST_TEST(!log.is_on(LogLevel::error));
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_whoever_does_not_read_the_log_and_what_is_lost_is_counted)
{
    std::array<int, 2> ends;
    BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    Log log(LogLevel::info, ends[1]);
    log_many(log);
    const std::size_t written = times(read_all(ends[0]), " info xxx");
    BOOST_TEST(written > 0U);
    log.tell(LogLevel::info, "somebody", "reads again");
    const std::string rest = read_all(ends[0]);
    const std::string lost = " warning " + std::to_string(many - written) +
                             " lines of this log were dropped: stderr was not read\n";
    BOOST_TEST(rest.find(lost) != std::string::npos, rest);
    BOOST_TEST(rest.ends_with(" info somebody: reads again\n"), rest);
    BOOST_TEST(times(rest, "\n") == 2U);
    ::close(ends[0]);
    ::close(ends[1]);
}

// A socket takes a part of a line too.
BOOST_AUTO_TEST_CASE(what_follows_a_line_that_was_cut_begins_a_new_one)
{
    std::array<int, 2> ends;
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    Log log(LogLevel::info, ends[1]);
    log_many(log);
    std::string all = read_all(ends[0]);
    log.info("read again");
    all += read_all(ends[0]);
    BOOST_TEST(times(all, "\n") < many);
    const std::size_t line = all.rfind('\n', all.size() - 2);
    const std::size_t line_before = all.rfind('\n', line - 1);
    BOOST_TEST(all.substr(line_before + 1, 2) == "20", all.substr(line_before));  // of the year
    BOOST_TEST(all.substr(line).ends_with(" info read again\n"));
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
