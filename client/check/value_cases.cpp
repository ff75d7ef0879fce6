// value_cases.cpp: values of any bytes and any size, and their announced lengths.

#include "client/check/case.h"

namespace kv::check {

namespace {

void set_and_get(Fixture& fixture, std::string_view stem, std::string_view value)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key(stem);
    client.ask(fixture.wire().set(key, value), fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, value));
    client.expect_silence();
}

void with_crlf(Fixture& fixture)
{
    set_and_get(fixture, "crlf", "\r\nfirst\r\nlast\r\n");
}

void with_every_byte(Fixture& fixture)
{
    std::string value;
    for (int byte = 255; byte >= 0; --byte) value += static_cast<char>(byte);
    set_and_get(fixture, "bytes", value + "after the NUL");
}

void like_a_command(Fixture& fixture)
{
    set_and_get(fixture, "command", "x\r\nget nobody\r\nEND\r\nset y 1\r\n");
}

void of_64_kib(Fixture& fixture)
{
    set_and_get(fixture, "big", big_value());
}

void slow_reader(Fixture& fixture)
{
    Client client = fixture.connect("A", small_receive_buffer_bytes);
    const auto key = fixture.key("slow");
    const auto value = big_value();
    client.ask(fixture.wire().set(key, value), fixture.wire().stored());
    fixture.say("A requests far more than all socket buffers hold, and reads late.");
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += fixture.wire().get(key);
    client.send(requests);
    client.let_replies_pile_up();
    for (int i = 0; i < gets_that_fill_buffers; ++i) client.expect(fixture.wire().hit(key, value));
    client.expect_silence();
}

constexpr Case value_case_table[] = {
    {"value-with-crlf", "A value may contain CR LF, even first and last.",
     "the end of the value was searched for instead of counted, or strip() was called on it: only "
     "the "
     "length says where a value ends",
     in_every_mode, with_crlf, "value-split-in-the-middle"},
    {"value-with-every-byte", "A value may hold all 256 bytes, NUL included.",
     "a function for C strings (strlen, strcpy, %s) or for text (decode) handled the value; bytes "
     "need a pointer and a length",
     in_every_mode, with_every_byte},
    {"value-like-a-command", "A value that looks like commands is still a value.",
     "the input was split into lines first and the value read as lines: read the line, then "
     "exactly "
     "the announced bytes",
     in_every_mode, like_a_command, "value-with-crlf"},
    {"value-of-64-kib", "A value of 64 KiB goes in and comes out whole.",
     "a fixed buffer, a 16-bit length, or a single recv for the value", in_every_mode, of_64_kib,
     "value-split-in-the-middle"},
    {"slow-reader", "A client that reads late still gets every byte of many big replies.",
     "send() may take fewer bytes than it was given: check its result, and send the rest",
     in_every_mode, slow_reader, "value-of-64-kib two-in-one-segment pipeline-of-100"},
};

}  // namespace

std::span<const Case> value_cases()
{
    return value_case_table;
}

namespace {

void too_short(Fixture& fixture)
{
    const auto key = fixture.key("short");
    Client liar = fixture.connect("A");
    fixture.say("A announces 3 bytes and sends 5.");
    Message request = fixture.wire().set_line(key, "3");
    request.add("value announced", "hel");
    if ((fixture.wire().allowances() & wants_crlf) != 0) request.add("CRLF", "\r\n");
    request.add("surplus", "lo").add("CRLF", "\r\n");
    liar.send(request);
    const Mode mode = fixture.wire().mode();
    if (mode == Mode::memcache || mode == Mode::resp) {
        liar.expect_error(fixture.wire());
    } else {
        // Without a terminator the 3 bytes are a value, and the surplus is the next command.
        liar.expect(fixture.wire().stored());
        liar.expect_error(fixture.wire());
        Client new_client = fixture.connect("new client");
        new_client.ask(fixture.wire().get(key), fixture.wire().hit(key, "hel"));
    }
    fixture.expect_alive();
}

void too_long(Fixture& fixture)
{
    const auto key = fixture.key("long");
    Client liar = fixture.connect("A");
    liar.ask(fixture.wire().set(key, "old"), fixture.wire().stored());
    fixture.say("A announces 10 bytes, sends 5 and closes its sending side.");
    liar.send(fixture.wire().set_line(key, "10").add("half the value", "hello"));
    liar.half_close();
    (void)liar.listen();  // until the server has seen the end; its answer does not matter
    fixture.expect_value_or_miss(key, "old");
    fixture.expect_alive();
}

void expect_refused(Fixture& fixture, std::string_view length)
{
    Client liar = fixture.connect("A");
    liar.send(fixture.wire().set_line(fixture.key("liar"), length));
    liar.expect_error(fixture.wire());
    fixture.expect_alive();
}

void negative(Fixture& fixture)
{
    if (fixture.wire().mode() != Mode::resp) expect_refused(fixture, "-1");  // null in RESP
    expect_refused(fixture, "-2147483648");
}

void not_a_number(Fixture& fixture)
{
    expect_refused(fixture, "five");
    expect_refused(fixture, "5x");
}

void huge(Fixture& fixture)
{
    expect_refused(fixture, "2147483648");            // 2^31
    expect_refused(fixture, "9223372036854775808");   // 2^63
    expect_refused(fixture, "99999999999999999999");  // 20 digits, more than 2^64
}

constexpr Case length_case_table[] = {
    {"length-too-short", "Bytes beyond the announced length are not part of the value.",
     "the value was read up to its line end, or the two bytes after it were skipped unchecked",
     in_every_mode, too_short, "silent-client two-in-one-segment"},
    {"length-too-long", "A value that the client leaves incomplete is not stored.",
     "the end of the stream (recv returned 0) was taken for the end of the value, or recv is "
     "called "
     "again and again after it",
     in_every_mode, too_long, "silent-client"},
    {"length-not-a-number",
     "A length that is not a number is answered with an error, and the server survives.",
     "atoi() returns 0 for nonsense and 5 for 5x; stoi() and int() throw, uncaught", in_every_mode,
     not_a_number, "silent-client"},
    {"negative-length", "A negative length is answered with an error, and the server survives.",
     "a signed length was checked against an upper bound only, and became huge when converted to "
     "unsigned",
     in_every_mode, negative, "silent-client length-not-a-number"},
    {"huge-length", "A huge length is answered with an error before memory is allocated.",
     "the buffer is allocated as large as the client says, or the number overflowed its type",
     in_every_mode, huge, "silent-client"},
};

}  // namespace

std::span<const Case> length_cases()
{
    return length_case_table;
}

}  // namespace kv::check
