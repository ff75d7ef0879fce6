#define BOOST_TEST_MODULE buffered_stream
#include "common/buffered_stream.h"

#include "test/support/every_split.h"
#include "test/support/scripted_transport.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdlib>
#include <new>
#include <string>

// What the stream has from the heap are arrays: counted, to see when it has none.
namespace {
int live_arrays = 0;
}

// Not inlined, or gcc sees a free() of what operator new gave and warns.
[[gnu::noinline]] void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept
{
    void* memory = std::malloc(bytes);
    if (memory != nullptr) ++live_arrays;
    return memory;
}

[[gnu::noinline]] void* operator new[](std::size_t bytes)
{
    if (void* memory = operator new[](bytes, std::nothrow)) return memory;
    throw std::bad_alloc();
}

[[gnu::noinline]] void operator delete[](void* memory) noexcept
{
    if (memory != nullptr) --live_arrays;
    std::free(memory);
}

[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept
{
    operator delete[](memory);
}

namespace {

using kv::BufferedStream;
using kv::LineTooLong;
using kv::ReadAhead;
using kv::TimedOut;
using kv::Truncated;
using kv::test::ScriptedTransport;
using std::chrono::milliseconds;

constexpr milliseconds hour{3'600'000};
constexpr milliseconds day{86'400'000};

std::size_t ten(std::string_view)
{
    return 10;
}

std::size_t plenty(std::string_view)
{
    return std::size_t{1} << 20;
}

/// The next line; "<end>" when there is none.
std::string line(BufferedStream& stream, BufferedStream::LineLimit limit = plenty)
{
    stream.begin_message();
    return std::string(stream.read_line(limit).value_or("<end>"));
}

std::string block(BufferedStream& stream, std::size_t size)
{
    std::string bytes(size, '\0');
    stream.read_exactly(bytes);
    return bytes;
}

auto says(const std::string& text)
{
    return [text](const std::exception& error) {
        BOOST_TEST(error.what() == text);
        return true;
    };
}

/// A stream, and the peer it talks to.
struct Talk {
    ScriptedTransport peer;
    BufferedStream stream{peer, {}};
};

/// A deadline set between two moments, `timeout` from then.
bool is_from(kv::Deadline deadline, std::chrono::steady_clock::time_point before,
             milliseconds timeout)
{
    return deadline >= before + timeout && deadline <= std::chrono::steady_clock::now() + timeout;
}

}  // namespace

// --- lines ---

BOOST_FIXTURE_TEST_CASE(lines_end_with_lf_or_cr_lf, Talk)
{
    peer.sends("one\r\ntwo\nthree\r\n");
    BOOST_TEST(line(stream) == "one");
    BOOST_TEST(line(stream) == "two");
    BOOST_TEST(line(stream) == "three");
    BOOST_TEST(line(stream) == "<end>");
}

BOOST_FIXTURE_TEST_CASE(a_lone_cr_does_not_end_a_line, Talk)
{
    peer.sends("a\rb\r\r\n");
    BOOST_TEST(line(stream) == "a\rb\r");
}

BOOST_FIXTURE_TEST_CASE(an_empty_line_is_a_line, Talk)
{
    peer.sends("\r\n\n");
    BOOST_TEST(line(stream) == "");
    BOOST_TEST(line(stream) == "");
    BOOST_TEST(line(stream) == "<end>");
}

BOOST_AUTO_TEST_CASE(lines_and_blocks_come_out_the_same_however_they_are_cut)
{
    kv::test::for_every_split("set k 5\r\nhello\r\nget k\nquit\r\n", [](const auto& pieces) {
        Talk talk;
        for (const std::string_view piece : pieces) talk.peer.sends(piece).pauses();
        BOOST_REQUIRE(line(talk.stream, ten) == "set k 5");
        BOOST_REQUIRE(block(talk.stream, 7) == "hello\r\n");
        BOOST_REQUIRE(line(talk.stream, ten) == "get k");
        BOOST_REQUIRE(line(talk.stream, ten) == "quit");
        BOOST_REQUIRE(line(talk.stream, ten) == "<end>");
    });
}

BOOST_FIXTURE_TEST_CASE(a_line_as_long_as_its_limit_is_read, Talk)
{
    peer.sends("0123456789\n");
    BOOST_TEST(line(stream, ten) == "0123456789");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_line_does_not_count_towards_its_limit)
{
    kv::test::for_every_split("0123456789\r\nnext\r\n", [](const auto& pieces) {
        Talk talk;
        for (const std::string_view piece : pieces) talk.peer.sends(piece);
        BOOST_REQUIRE(line(talk.stream, ten) == "0123456789");
        BOOST_REQUIRE(line(talk.stream, ten) == "next");
    });
}

BOOST_AUTO_TEST_CASE(a_line_one_byte_longer_is_too_long)
{
    for (const std::string_view bytes : {"0123456789x\n", "0123456789x\r\n", "0123456789x"}) {
        kv::test::for_every_split(bytes, [](const auto& pieces) {
            Talk talk;
            for (const std::string_view piece : pieces) talk.peer.sends(piece);
            BOOST_REQUIRE_THROW((void)talk.stream.read_line(ten), LineTooLong);
        });
    }
}

BOOST_FIXTURE_TEST_CASE(a_line_without_an_end_is_not_read_beyond_its_limit, Talk)
{
    for (int i = 0; i < 100; ++i) peer.sends("0123456");
    BOOST_CHECK_THROW((void)stream.read_line(ten), LineTooLong);
    BOOST_TEST(peer.reads() == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_limit_depends_on_how_the_line_starts, Talk)
{
    const auto limit = [](std::string_view start) -> std::size_t {
        return start.starts_with("get") ? 100 : 10;
    };
    peer.sends("get " + std::string(90, 'k') + "\r\nset " + std::string(90, 'k') + "\r\n");
    BOOST_TEST(stream.read_line(limit)->size() == 94U);
    BOOST_CHECK_THROW((void)stream.read_line(limit), LineTooLong);
}

BOOST_FIXTURE_TEST_CASE(a_long_line_is_read_word_by_word, Talk)
{
    peer.sends("get one").sends(" two th").sends("ree").sends(" four\r").sends("\nnext\r\n");
    for (const char* words : {"get", " one two", " three"}) {
        const auto part = stream.read_words(10);
        BOOST_TEST(part->words == words);
        BOOST_TEST(!part->ends);
    }
    const auto last = stream.read_words(10);
    BOOST_TEST(last->words == " four");
    BOOST_TEST(last->ends);
    BOOST_TEST(line(stream) == "next");
}

BOOST_FIXTURE_TEST_CASE(a_word_longer_than_its_limit_is_too_long, Talk)
{
    peer.sends("get").sends(" 0123456789").sends("x");
    BOOST_TEST(stream.read_words(10)->words == "get");
    BOOST_CHECK_THROW((void)stream.read_words(10), LineTooLong);
}

BOOST_FIXTURE_TEST_CASE(a_line_longer_than_the_input_buffer_is_read, Talk)
{
    const std::string longer(BufferedStream::input_bytes * 5, 'x');
    peer.sends("first\r\n" + longer + "\r\nlast\r\n");
    BOOST_TEST(line(stream) == "first");
    BOOST_TEST((line(stream) == longer));
    BOOST_TEST(line(stream) == "last");
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_line_before_the_close_is_no_request, Talk)
{
    peer.sends("whole\r\npart").closes();
    BOOST_TEST(line(stream) == "whole");
    BOOST_TEST(line(stream) == "<end>");
}

BOOST_FIXTURE_TEST_CASE(a_broken_connection_is_an_error, Talk)
{
    peer.sends("pa").breaks();
    BOOST_CHECK_THROW((void)stream.read_line(ten), boost::system::system_error);
}

// --- blocks ---

BOOST_FIXTURE_TEST_CASE(a_block_is_read_to_the_byte, Talk)
{
    peer.sends("12345after\r\n");
    BOOST_TEST(block(stream, 5) == "12345");
    BOOST_TEST(line(stream) == "after");
}

BOOST_FIXTURE_TEST_CASE(an_empty_block_reads_nothing, Talk)
{
    BOOST_TEST(block(stream, 0) == "");
    BOOST_TEST(peer.reads() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_large_block_may_come_in_any_pieces, Talk)
{
    std::string large;
    for (std::size_t i = 0; i < 10 * BufferedStream::input_bytes; ++i) {
        large += static_cast<char>(i * 31 % 251);
    }
    peer.sends("head\r\n" + large.substr(0, 10)).pauses().sends(large.substr(10, 70'000));
    peer.sends(large.substr(70'010)).sends("tail\r\n");
    BOOST_TEST(line(stream) == "head");
    BOOST_TEST((block(stream, large.size()) == large));
    BOOST_TEST(line(stream) == "tail");
}

BOOST_FIXTURE_TEST_CASE(a_block_cut_short_is_an_error, Talk)
{
    peer.sends("abc").closes();
    BOOST_CHECK_THROW((void)block(stream, 4), Truncated);
}

BOOST_FIXTURE_TEST_CASE(a_large_block_cut_short_is_an_error, Talk)
{
    peer.sends(std::string(50'000, 'x')).closes();
    BOOST_CHECK_THROW((void)block(stream, 50'001), Truncated);
}

BOOST_FIXTURE_TEST_CASE(a_block_of_which_nothing_came_is_an_error, Talk)
{
    peer.sends("head\r\n").closes();
    BOOST_TEST(line(stream) == "head");
    BOOST_CHECK_THROW((void)block(stream, 1), Truncated);
}

// --- what has come already ---

BOOST_FIXTURE_TEST_CASE(what_has_come_together_is_taken_in_place, Talk)
{
    peer.sends("one\r\ntwo\r\nblock\r\nthr");
    peer.sends("ee\r\n");
    const auto one = stream.read_line(plenty);
    const auto two = stream.next_line(plenty);
    const auto data = stream.next_block(7);
    BOOST_TEST(!stream.next_block(4).has_value());
    BOOST_TEST(!stream.next_line(plenty).has_value());
    BOOST_TEST(*one == "one");
    BOOST_TEST(*two == "two");
    BOOST_TEST(*data == "block\r\n");
    BOOST_TEST(line(stream) == "three");
}

BOOST_FIXTURE_TEST_CASE(a_line_that_has_come_may_be_too_long_too, Talk)
{
    peer.sends("first\r\n0123456789a\r\n");
    BOOST_TEST(line(stream, ten) == "first");
    BOOST_CHECK_THROW((void)stream.next_line(ten), LineTooLong);
}

BOOST_FIXTURE_TEST_CASE(what_is_appended_goes_out_in_one_write, Talk)
{
    const auto append = [&](const std::string& bytes) {
        char* end = stream.begin_append(bytes.size() + 100);
        stream.end_append(std::copy(bytes.begin(), bytes.end(), end));
    };
    append("one ");
    stream.write("two ");
    append("three");
    BOOST_TEST(peer.writes().empty());
    stream.flush();
    BOOST_TEST(peer.written() == "one two three");
    BOOST_TEST(peer.writes().size() == 1U);
    for (int i = 0; i < 10; ++i) append(std::string(BufferedStream::max_append - 100, 'x'));
    stream.flush();
    BOOST_TEST(peer.written().size() == 13 + 10 * (BufferedStream::max_append - 100));
}

BOOST_FIXTURE_TEST_CASE(skipped_bytes_are_forgotten, Talk)
{
    peer.sends(std::string(3 * BufferedStream::input_bytes, 'x') + "after\r\n");
    stream.skip(0);
    stream.skip(3 * BufferedStream::input_bytes);
    BOOST_TEST(line(stream) == "after");
}

BOOST_FIXTURE_TEST_CASE(a_skip_cut_short_is_an_error, Talk)
{
    peer.sends("abc");
    BOOST_CHECK_THROW(stream.skip(std::uint64_t{1} << 60), Truncated);
}

BOOST_FIXTURE_TEST_CASE(unread_bytes_can_be_seen, Talk)
{
    BOOST_TEST(stream.unread() == "");
    peer.sends("one\r\ntwo");
    BOOST_TEST(line(stream) == "one");
    BOOST_TEST(stream.unread() == "two");
}

// --- writing ---

BOOST_FIXTURE_TEST_CASE(what_is_written_waits_for_a_flush, Talk)
{
    stream.write("one ");
    stream.write("");
    stream.write("two");
    BOOST_TEST(peer.writes().empty());
    stream.flush();
    BOOST_TEST(peer.writes().size() == 1U);
    BOOST_TEST(peer.written() == "one two");
}

BOOST_FIXTURE_TEST_CASE(a_flush_with_nothing_to_send_sends_nothing, Talk)
{
    stream.flush();
    stream.write("x");
    stream.flush();
    stream.flush();
    BOOST_TEST(peer.writes().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_hundred_requests_in_one_read_get_one_write, Talk)
{
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += "request\r\n";
    peer.sends(requests).pauses();
    while (line(stream) == "request") stream.write("reply\r\n");
    BOOST_TEST(peer.writes().size() == 1U);
    BOOST_TEST(peer.written().size() == 700U);
}

BOOST_FIXTURE_TEST_CASE(replies_leave_before_the_stream_waits_for_more, Talk)
{
    peer.sends("a\r\n").pauses().sends("b\r\n").pauses();
    while (line(stream) != "<end>") stream.write("reply\r\n");
    BOOST_TEST(peer.waits().size() == 2U);
    BOOST_TEST(peer.waits().at(0).writes_before == 1U);
    BOOST_TEST(peer.waits().at(1).writes_before == 2U);
}

BOOST_FIXTURE_TEST_CASE(replies_leave_before_a_block_or_a_skip_waits, Talk)
{
    peer.pauses().sends("b").pauses().sends("s");
    stream.write("one");
    BOOST_TEST(block(stream, 1) == "b");
    stream.write("two");
    stream.skip(1);
    BOOST_TEST(peer.waits().at(0).writes_before == 1U);
    BOOST_TEST(peer.waits().at(1).writes_before == 2U);
}

BOOST_FIXTURE_TEST_CASE(an_output_that_is_full_is_sent, Talk)
{
    const std::string quarter(BufferedStream::output_bytes / 4, 'q');
    for (int i = 0; i < 4; ++i) stream.write(quarter);
    BOOST_TEST(peer.writes().empty());
    stream.write("x");
    BOOST_TEST(peer.written().size() >= BufferedStream::output_bytes);
    stream.flush();
    BOOST_TEST((peer.written() == std::string(BufferedStream::output_bytes, 'q') + "x"));
}

BOOST_FIXTURE_TEST_CASE(a_large_piece_is_sent_from_where_it_lies_with_what_came_before, Talk)
{
    const std::string large(BufferedStream::output_bytes + 1, 'L');
    stream.write("VALUE ");
    stream.write(large);
    stream.write("END");
    stream.flush();
    BOOST_TEST(peer.writes().size() == 2U);
    BOOST_TEST((peer.writes().at(0).bytes == "VALUE " + large));
    BOOST_TEST(static_cast<const void*>(peer.writes().at(0).tail) ==
               static_cast<const void*>(large.data()));
    BOOST_TEST(peer.writes().at(1).bytes == "END");
}

// --- deadlines ---

BOOST_AUTO_TEST_CASE(without_timeouts_nothing_has_a_deadline)
{
    Talk talk;
    talk.peer.pauses().sends("par").pauses().sends("t\r\n");
    BOOST_TEST(line(talk.stream) == "part");
    BOOST_TEST(talk.peer.waits().size() == 2U);
    for (const auto& wait : talk.peer.waits()) BOOST_TEST((wait.deadline == kv::no_deadline));
}

BOOST_AUTO_TEST_CASE(an_idle_wait_has_the_idle_deadline)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {hour, day});
    peer.pauses().sends("a\r\n").pauses();
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(line(stream) == "a");
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(is_from(peer.waits().at(0).deadline, before, hour));
    BOOST_TEST(is_from(peer.waits().at(1).deadline, before, hour));
}

BOOST_AUTO_TEST_CASE(a_message_once_begun_has_one_deadline_for_all_of_it)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {day, hour});
    peer.sends("li").pauses().sends("ne\r\n").pauses().sends("blo").pauses().sends("ck");
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(line(stream) == "line");
    BOOST_TEST(block(stream, 5) == "block");
    BOOST_TEST(is_from(peer.waits().at(0).deadline, before, hour));
    BOOST_TEST((peer.waits().at(1).deadline == peer.waits().at(0).deadline));
    BOOST_TEST((peer.waits().at(2).deadline == peer.waits().at(0).deadline));
}

BOOST_AUTO_TEST_CASE(whoever_stops_amid_a_message_is_idle_too)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {hour, day});
    peer.sends("li").pauses().sends("ne\r\n").sends("blo").stays_silent();
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(line(stream) == "line");
    BOOST_CHECK_THROW((void)block(stream, 5), TimedOut);
    BOOST_TEST(is_from(peer.waits().at(0).deadline, before, hour));
    BOOST_TEST(is_from(peer.waits().at(1).deadline, before, hour));
}

BOOST_AUTO_TEST_CASE(the_next_message_has_a_deadline_of_its_own)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {hour, day});
    peer.sends("a").pauses().sends("\r\n").sends("b").pauses().sends("\r\n");
    BOOST_TEST(line(stream) == "a");
    BOOST_TEST(line(stream) == "b");
    BOOST_TEST((peer.waits().at(1).deadline >= peer.waits().at(0).deadline));
    BOOST_TEST((peer.waits().at(1).deadline != kv::no_deadline));
}

BOOST_AUTO_TEST_CASE(a_peer_idle_for_too_long_is_given_up)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {hour, milliseconds(0)});
    peer.stays_silent();
    BOOST_CHECK_THROW((void)line(stream), TimedOut);
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_arrive_whole_is_given_up)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {milliseconds(0), hour});
    peer.pauses().sends("par").stays_silent();
    BOOST_CHECK_THROW((void)line(stream), TimedOut);
}

BOOST_AUTO_TEST_CASE(a_write_that_has_to_wait_has_the_message_timeout_for_all_its_waits)
{
    ScriptedTransport peer;
    BufferedStream stream(peer, {hour, day});
    peer.never_reads().sends("more").reads_again();
    stream.write("x");
    const auto before = std::chrono::steady_clock::now();
    stream.flush();
    BOOST_TEST(peer.waits().size() == 2U);
    BOOST_TEST(is_from(peer.waits().at(0).deadline, before, day));
    BOOST_TEST((peer.waits().at(1).deadline == peer.waits().at(0).deadline));
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_does_not_read_is_given_up, Talk)
{
    peer.never_reads().stays_silent();
    stream.write("x");
    BOOST_CHECK_EXCEPTION(stream.flush(), TimedOut, says("the peer does not read"));
}

namespace {

struct MailTalk {
    MailTalk() { mailbox.open(nullptr); }
    ScriptedTransport peer;
    kv::Mailbox mailbox;
    BufferedStream stream{peer, {}, &mailbox};
};

}  // namespace

// --- reading ahead ---

namespace {

/// Has room for so many chunks.
struct Memory final : kv::MemorySource {
    explicit Memory(std::size_t chunks) : left(chunks * ReadAhead::chunk_bytes) {}
    bool take(std::size_t bytes) override
    {
        if (bytes > left) return false;
        left -= bytes;
        return true;
    }
    void give_back(std::size_t bytes) override { left += bytes; }
    std::size_t left;
};

/// A stream whose peer has asked for something and reads none of the reply.
struct Stuck {
    explicit Stuck(std::size_t chunks = 1000) : memory(chunks)
    {
        peer.sends("first\r\n").stops_reading_after(0);
        BOOST_TEST(line(stream) == "first");
        stream.write("reply");
    }
    Memory memory;
    ScriptedTransport peer;
    BufferedStream stream{peer, {}, nullptr, nullptr, &memory};
};

std::string lines_of(std::size_t count)
{
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) lines += "line " + std::to_string(i) + "\r\n";
    return lines;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_comes_while_a_write_waits_is_read_and_taken_later_in_order)
{
    const std::string sent = lines_of(30'000);
    for (const std::size_t piece : {std::size_t{1000}, ReadAhead::chunk_bytes, sent.size()}) {
        Stuck talk;
        for (std::size_t at = 0; at < sent.size(); at += piece) {
            talk.peer.sends(sent.substr(at, piece));
        }
        talk.peer.reads_again().sends("behind\r\n");
        std::string got;
        for (std::string next; (next = line(talk.stream)) != "behind";) got += next + "\r\n";
        BOOST_TEST((got == sent));
        BOOST_TEST(talk.peer.written() == "reply");
        BOOST_TEST(line(talk.stream) == "<end>");
        BOOST_TEST(talk.memory.left == 1000 * ReadAhead::chunk_bytes);
    }
}

BOOST_FIXTURE_TEST_CASE(a_line_stays_where_it_is_while_its_reply_waits, Talk)
{
    peer.sends("key\r\n").stops_reading_after(3);
    stream.begin_message();
    const std::string_view key = stream.read_line(plenty).value();
    peer.sends(std::string(10 * BufferedStream::input_bytes, 'x')).reads_again();
    stream.write("reply");
    stream.flush();
    BOOST_TEST(key == "key");
    BOOST_TEST(stream.untaken() == 10 * BufferedStream::input_bytes);
    BOOST_TEST(peer.written() == "reply");
}

BOOST_FIXTURE_TEST_CASE(blocks_and_skips_take_what_was_read_ahead, Stuck)
{
    const std::string large(3 * ReadAhead::chunk_bytes, 'L');
    peer.sends("head\r\n" + large + large + "tail\r\n").reads_again();
    BOOST_TEST(line(stream) == "head");
    BOOST_TEST((block(stream, large.size()) == large));
    stream.skip(large.size());
    BOOST_TEST(line(stream) == "tail");
}

// They would wait for the reader once more, while there is enough to do.
BOOST_FIXTURE_TEST_CASE(replies_to_what_was_read_ahead_gather_too, Stuck)
{
    peer.sends(lines_of(100)).reads_again().pauses();
    while (line(stream) != "<end>") stream.write("ok\r\n");
    BOOST_TEST(peer.writes().size() == 2U);
    BOOST_TEST(peer.written().size() == 5U + 400U);
}

BOOST_FIXTURE_TEST_CASE(what_mail_makes_it_read_ahead_comes_before_what_comes_then, MailTalk)
{
    BOOST_TEST(mailbox.post("news\r\n"));
    peer.has_mail().stops_reading_after(0).sends("a\r\n").reads_again().sends("b\r\n");
    BOOST_TEST(line(stream) == "a");
    BOOST_TEST(line(stream) == "b");
    BOOST_TEST(peer.written() == "news\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_has_said_all_is_only_waited_for_to_read, Stuck)
{
    peer.sends("last\r\n").closes().reads_again();
    stream.flush();
    BOOST_TEST((peer.waits().back().event == kv::Event::writable));
    BOOST_TEST(line(stream) == "last");
    BOOST_TEST(line(stream) == "<end>");
}

BOOST_AUTO_TEST_CASE(no_more_is_read_ahead_than_the_memory_allows)
{
    for (const std::size_t chunks : {0U, 2U}) {
        Stuck talk(chunks);
        talk.peer.sends(std::string(3 * ReadAhead::chunk_bytes, 'x'));
        const std::string waits =
            chunks == 0 ? "" : "; " + std::to_string(talk.memory.left) + " bytes it has sent wait";
        BOOST_CHECK_EXCEPTION(
            talk.stream.flush(), TimedOut,
            says("the peer does not read" + waits + ", and there is no room for more"));
        BOOST_TEST(talk.memory.left == 0U);
    }
}

BOOST_AUTO_TEST_CASE(no_more_is_read_ahead_than_64_mib_and_it_is_given_back)
{
    Memory memory(2 * ReadAhead::most_bytes / ReadAhead::chunk_bytes);
    {
        ScriptedTransport peer;
        BufferedStream stream(peer, {}, nullptr, nullptr, &memory);
        const std::string megabyte(std::size_t{1} << 20, 'x');
        for (int i = 0; i < 65; ++i) peer.sends(megabyte);
        peer.never_reads();
        stream.write("reply");
        BOOST_CHECK_THROW(stream.flush(), TimedOut);
        BOOST_TEST(stream.untaken() == std::size_t{64} << 20);
        BOOST_TEST(memory.left == ReadAhead::most_bytes);
    }
    BOOST_TEST(memory.left == 2 * ReadAhead::most_bytes);
}

// --- mail ---

BOOST_FIXTURE_TEST_CASE(mail_is_written_while_waiting_for_a_message, MailTalk)
{
    BOOST_TEST(mailbox.post("news 1\r\n"));
    BOOST_TEST(mailbox.post("news 2\r\n"));
    peer.has_mail().pauses().sends("a\r\n");
    BOOST_TEST(line(stream) == "a");
    BOOST_TEST(peer.written() == "news 1\r\nnews 2\r\n");
    BOOST_TEST(peer.waits().back().writes_before == 1U);
}

BOOST_FIXTURE_TEST_CASE(mail_waits_until_the_message_and_its_reply_are_through, MailTalk)
{
    BOOST_TEST(mailbox.post("news\r\n"));
    peer.sends("li").has_mail().sends("ne\r\n").pauses().sends("blo").pauses().sends("ck");
    BOOST_TEST(line(stream) == "line");
    BOOST_TEST(block(stream, 5) == "block");
    BOOST_TEST(peer.written() == "");
    stream.write("reply\r\n");
    peer.pauses().sends("next\r\n");
    BOOST_TEST(line(stream) == "next");
    BOOST_TEST(peer.written() == "reply\r\nnews\r\n");
}

BOOST_FIXTURE_TEST_CASE(only_a_wait_between_messages_is_for_mail, MailTalk)
{
    peer.pauses().sends("li").pauses().sends("ne\r\n").pauses().sends("b").pauses();
    BOOST_TEST(line(stream) == "line");
    BOOST_TEST(block(stream, 1) == "b");
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(peer.waits().at(0).for_mail);
    BOOST_TEST(!peer.waits().at(1).for_mail);
    BOOST_TEST(!peer.waits().at(2).for_mail);
    BOOST_TEST(peer.waits().at(3).for_mail);
}

// --- what an idle stream costs, and what an observer hears ---

namespace {

struct Listener final : kv::Observer {
    void blocked() override
    {
        heard += "blocked(" + std::to_string(live_arrays - arrays_before) + ") ";
    }
    void read(std::string_view bytes) override { heard += "read(" + std::string(bytes) + ") "; }
    void wrote(std::size_t bytes) override { heard += "wrote(" + std::to_string(bytes) + ") "; }
    void read_ahead(std::size_t bytes) override
    {
        heard += "read_ahead(" + std::to_string(bytes) + ") ";
    }
    std::string heard;
    const int arrays_before = live_arrays;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_small_request_and_its_reply_take_nothing_from_the_heap)
{
    Listener listener;
    ScriptedTransport peer;
    BufferedStream stream(peer, {}, nullptr, &listener);
    peer.pauses().sends("a").pauses().sends("\n").pauses();
    BOOST_TEST(line(stream) == "a");
    stream.write("ok");
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(listener.heard ==
               "blocked(0) read(a) blocked(0) read(\n) wrote(2) blocked(0) read() ");
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_idle_again_has_given_back_what_a_large_request_took)
{
    Listener listener;
    ScriptedTransport peer;
    BufferedStream stream(peer, {}, nullptr, &listener);
    const std::string fill(kv::StreamBuffer::own_bytes, 'x');
    peer.pauses().sends(fill).pauses().sends("\n").pauses();
    BOOST_TEST(line(stream) == fill);
    stream.write(fill);
    stream.write("ok");
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(listener.heard == "blocked(0) read(" + fill + ") blocked(1) read(\n) wrote(" +
                                     std::to_string(fill.size() + 2) + ") blocked(0) read() ");
}

BOOST_AUTO_TEST_CASE(mail_leaves_no_buffers_behind_either)
{
    Listener listener;
    ScriptedTransport peer;
    kv::Mailbox mailbox;
    mailbox.open(nullptr);
    BOOST_TEST(mailbox.post("m"));
    BufferedStream stream(peer, {}, &mailbox, &listener);
    peer.has_mail().pauses().pauses();
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(listener.heard == "blocked(0) wrote(1) blocked(0) read() ");
}

BOOST_AUTO_TEST_CASE(what_is_read_ahead_is_heard_of_when_it_is_taken_and_costs_nothing_then)
{
    Listener listener;
    ScriptedTransport peer;
    BufferedStream stream(peer, {}, nullptr, &listener);
    peer.stops_reading_after(0).sends("a").sends("b\n").reads_again().pauses();
    stream.write("ok");
    BOOST_TEST(line(stream) == "ab");
    BOOST_TEST(line(stream) == "<end>");
    BOOST_TEST(listener.heard == "wrote(2) read_ahead(3) read(ab\n) blocked(0) read() ");
}
