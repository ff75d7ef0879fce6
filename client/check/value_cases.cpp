// value_cases.cpp: a value is so many bytes, whatever they look like, and a long reply leaves in as
// many writes as it takes.

#include "client/check/case.h"
#include "client/check/sizes.h"

namespace kv::check {

namespace {

void set_and_get(Stage& stage, std::string_view stem, std::string_view value)
{
    Client client = stage.connect("A");
    const auto key = stage.key(stem);
    client.ask(stage.wire().set(key, value), stage.wire().stored());
    client.ask(stage.wire().get(key), stage.wire().hit(key, value));
    client.expect_silence();
}

void with_crlf(Stage& stage)
{
    set_and_get(stage, "crlf", "\r\nfirst\r\nlast\r\n");
}

void with_every_byte(Stage& stage)
{
    std::string value;
    for (int byte = 255; byte >= 0; --byte) value += static_cast<char>(byte);
    set_and_get(stage, "bytes", value + "after the NUL");
}

void like_a_command(Stage& stage)
{
    set_and_get(stage, "command", "x\r\nget nobody\r\nEND\r\nset y 1\r\n");
}

void of_64_kib(Stage& stage)
{
    set_and_get(stage, "big", big_value());
}

void slow_reader(Stage& stage)
{
    Client client = stage.connect("A", small_receive_buffer_bytes);
    const auto key = stage.key("slow");
    const auto value = big_value();
    client.ask(stage.wire().set(key, value), stage.wire().stored());
    stage.say("A asks for far more than all socket buffers hold, and reads late.");
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += stage.wire().get(key);
    client.send(requests);
    client.let_replies_pile_up();
    for (int i = 0; i < gets_that_fill_buffers; ++i) client.expect(stage.wire().hit(key, value));
    client.expect_silence();
}

constexpr Case value_case_table[] = {
    {"value-with-crlf", "A value may contain CR LF, also first and last.",
     "the end of the value was searched for instead of counted, or strip() was used on it: only "
     "the "
     "length says where a value ends",
     in_every_mode, with_crlf},
    {"value-with-every-byte", "A value may hold all 256 bytes, NUL included.",
     "a function for C strings (strlen, strcpy, %s) or for text (decode) handled the value; bytes "
     "need a pointer and a length",
     in_every_mode, with_every_byte},
    {"value-like-a-command", "A value that looks like commands is a value.",
     "the input was split into lines first and the value read as lines: read the line, then "
     "exactly "
     "the announced bytes",
     in_every_mode, like_a_command},
    {"value-of-64-kib", "A value of 64 KiB goes in and comes out whole.",
     "a fixed buffer, a 16-bit length, or a single recv for the value", in_every_mode, of_64_kib},
    {"slow-reader", "A client that reads late still gets every byte of many big replies.",
     "send() may take fewer bytes than it was given: use its result, and go on with the rest",
     in_every_mode, slow_reader},
};

}  // namespace

std::span<const Case> value_cases()
{
    return value_case_table;
}

}  // namespace kv::check
