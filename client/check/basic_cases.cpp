// basic_cases.cpp: one polite client, one request at a time. A server that fails here is not
// finished; one that passes here and nowhere else was only ever tried by hand.

#include "client/check/case.h"

namespace kv::check {

namespace {

void set_then_get(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("greeting");
    client.ask(stage.wire().set(key, "hello"), stage.wire().stored());
    client.expect_silence();
    client.ask(stage.wire().get(key), stage.wire().hit(key, "hello"));
    client.expect_silence();
}

void miss(Stage& stage)
{
    Client client = stage.connect("A");
    client.ask(stage.wire().get(stage.key("nobody")), stage.wire().miss());
    client.expect_silence();
}

void overwrite(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("twice");
    client.ask(stage.wire().set(key, "the first value"), stage.wire().stored());
    client.ask(stage.wire().set(key, "second"), stage.wire().stored());
    client.ask(stage.wire().get(key), stage.wire().hit(key, "second"));
    client.expect_silence();
}

void two_keys(Stage& stage)
{
    Client client = stage.connect("A");
    const auto one = stage.key("one");
    const auto two = stage.key("two");
    client.ask(stage.wire().set(one, "1"), stage.wire().stored());
    client.ask(stage.wire().set(two, "22"), stage.wire().stored());
    client.ask(stage.wire().get(one), stage.wire().hit(one, "1"));
    client.ask(stage.wire().get(two), stage.wire().hit(two, "22"));
}

void keys_keep_their_case(Stage& stage)
{
    Client client = stage.connect("A");
    const auto small = stage.key("letter");
    const auto capital = stage.key("LETTER");
    client.ask(stage.wire().set(small, "small"), stage.wire().stored());
    client.ask(stage.wire().set(capital, "CAPITAL"), stage.wire().stored());
    client.ask(stage.wire().get(small), stage.wire().hit(small, "small"));
}

void empty_value(Stage& stage)
{
    Client client = stage.connect("A");
    const auto empty = stage.key("empty");
    const auto full = stage.key("full");
    client.ask(stage.wire().set(full, "x"), stage.wire().stored());
    client.ask(stage.wire().set(empty, ""), stage.wire().stored());
    client.ask(stage.wire().get(empty), stage.wire().hit(empty, ""));
    client.expect_silence();
    client.ask(stage.wire().get(full), stage.wire().hit(full, "x"));
}

constexpr Case basic_case_table[] = {
    {"set-then-get", "A value that was set comes back, byte for byte, on the same connection.",
     "compare your reply with the protocol byte by byte: a forgotten CR LF or END, or a terminator "
     "of the request left unread, is invisible in a terminal",
     in_every_mode, set_then_get},
    {"miss", "A get of a key that nobody set is answered at once.",
     "the branch for \"not found\" sends nothing, or something else than the protocol says, and "
     "the "
     "client waits",
     in_every_mode, miss},
    {"overwrite", "A second set replaces the whole first value, also when it is shorter.",
     "insert() and emplace() of a map keep the old value, and copying over a longer value leaves "
     "its "
     "tail",
     in_every_mode, overwrite},
    {"two-keys", "Two keys hold two values.",
     "the key was compared wrongly, or one buffer is kept where each key needs its own copy",
     in_every_mode, two_keys},
    {"keys-keep-their-case", "Keys that differ in upper and lower case are different keys.",
     "the whole line was turned to lower case to compare the command word", in_every_mode,
     keys_keep_their_case},
    {"empty-value", "A value of length 0 is a value.",
     "zero is also false: `if (!length)` or `if not value` treats it as missing, or a read of 0 "
     "bytes "
     "waits for one",
     in_every_mode, empty_value},
};

}  // namespace

std::span<const Case> basic_cases()
{
    return basic_case_table;
}

}  // namespace kv::check
