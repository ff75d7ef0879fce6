// length_cases.cpp: the length in a command line is a claim by a stranger.

#include "client/check/case.h"

namespace kv::check {

namespace {

void too_short(Stage& stage)
{
    const auto key = stage.key("short");
    Client liar = stage.connect("A");
    stage.say("A announces 3 bytes and sends 5.");
    Message request = stage.wire().set_line(key, "3");
    request.add("value announced", "hel").add("surplus", "lo").add("CRLF", "\r\n");
    liar.send(request);
    if (stage.wire().mode() == Mode::memcache) {
        liar.expect_error();
    } else {
        // Without a terminator the 3 bytes are a value, and the surplus is the next command.
        liar.expect(stage.wire().stored());
        liar.expect_error();
        Client newcomer = stage.connect("newcomer");
        newcomer.ask(stage.wire().get(key), stage.wire().hit(key, "hel"));
    }
    stage.expect_alive();
}

void too_long(Stage& stage)
{
    const auto key = stage.key("long");
    Client liar = stage.connect("A");
    liar.ask(stage.wire().set(key, "old"), stage.wire().stored());
    stage.say("A announces 10 bytes, sends 5 and closes its sending side.");
    liar.send(stage.wire().set_line(key, "10").add("half the value", "hello"));
    liar.half_close();
    liar.expect_close();
    stage.expect_value_or_miss(key, "old");
    stage.expect_alive();
}

void expect_refused(Stage& stage, std::string_view length)
{
    Client liar = stage.connect("A");
    liar.send(stage.wire().set_line(stage.key("liar"), length));
    liar.expect_error();
    stage.expect_alive();
}

void negative(Stage& stage)
{
    expect_refused(stage, "-1");
    expect_refused(stage, "-2147483648");
}

void not_a_number(Stage& stage)
{
    expect_refused(stage, "five");
    expect_refused(stage, "5x");
}

void huge(Stage& stage)
{
    expect_refused(stage, "2147483648");            // 2^31
    expect_refused(stage, "9223372036854775808");   // 2^63
    expect_refused(stage, "99999999999999999999");  // 20 digits, more than 2^64
}

constexpr Case length_case_table[] = {
    {"length-too-short", "Bytes beyond the announced length are not part of the value.",
     "the value was read up to its line end, or the two bytes after it were skipped without a look",
     in_every_mode, too_short},
    {"length-too-long", "A value cut short by the client's goodbye is not stored.",
     "the end of the stream (recv returned 0) was taken for the end of the value, or recv is "
     "called "
     "again and again after it",
     in_every_mode, too_long},
    {"negative-length", "A negative length is answered with an error, and the server lives.",
     "a signed length was checked against an upper bound only, and became huge when made unsigned",
     in_every_mode, negative},
    {"length-not-a-number",
     "A length that is no number is answered with an error, and the server lives.",
     "atoi() returns 0 for nonsense and 5 for 5x; stoi() and int() throw, and nobody caught it",
     in_every_mode, not_a_number},
    {"huge-length", "A huge length is answered with an error before memory is taken.",
     "the buffer is allocated as large as the stranger says, or the number overflowed its type",
     in_every_mode, huge},
};

}  // namespace

std::span<const Case> length_cases()
{
    return length_case_table;
}

}  // namespace kv::check
