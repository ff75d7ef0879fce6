// goodbye_cases.cpp: all the ways in which a client leaves, and what must remain: the others.

#include <fmt/format.h>

#include "client/check/case.h"
#include "client/check/failure.h"
#include "client/check/sizes.h"

namespace kv::check {

namespace {

void half_close_gets_reply(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("half-close");
    client.ask(stage.wire().set(key, "hello"), stage.wire().stored());
    client.send(stage.wire().get(key) + stage.wire().get(key));
    client.half_close();
    client.expect(stage.wire().hit(key, "hello") + stage.wire().hit(key, "hello"));
}

void goodbye_is_answered(Stage& stage)
{
    Client client = stage.connect("A");
    client.ask(stage.wire().get(stage.key("nobody")), stage.wire().miss());
    client.half_close();
    client.expect_close();
}

void vanishes_in_mid_command(Stage& stage)
{
    for (const std::string_view fragment : {"s", "set", "get nob", "get nobody\r"}) {
        Client client = stage.connect("A");
        client.send(Message{}.add("a fragment", fragment));
        client.close();
    }
    stage.expect_alive();
}

void reset_in_mid_value(Stage& stage)
{
    const auto key = stage.key("reset");
    Client client = stage.connect("A");
    client.ask(stage.wire().set(key, "old"), stage.wire().stored());
    client.send(stage.wire().set_line(key, "10").add("half the value", "hello"));
    client.expect_silence();
    client.reset();
    stage.expect_alive();
    stage.expect_value_or_miss(key, "old");
}

void reset_in_mid_reply(Stage& stage)
{
    const auto key = stage.key("sigpipe");
    Client client = stage.connect("A", small_receive_buffer_bytes);
    client.ask(stage.wire().set(key, big_value()), stage.wire().stored());
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += stage.wire().get(key);
    client.send(requests);
    client.let_replies_pile_up();
    // After FIN and RST the server's write fails with EPIPE, which brings the signal; after RST
    // alone the first one fails with ECONNRESET, which does not.
    client.half_close();
    client.reset();
    stage.expect_alive();
}

void thousand_connections(Stage& stage)
{
    constexpr int times = 1000;
    const Message question = stage.wire().get(stage.key("nobody"));
    for (int i = 1; i <= times; ++i) try {
            Client client = stage.connect("client " + std::to_string(i));
            client.ask(question, stage.wire().miss());
        } catch (const Failure& failure) {
            throw Failure(failure.who,
                          fmt::format("of {} connections one after the other, number {} failed: {}",
                                      times, i, failure.what()));
        }
}

constexpr Case goodbye_case_table[] = {
    {"half-close-gets-its-reply", "A client that closes its sending side still gets its replies.",
     "recv returned 0 and the connection was closed at once, with requests in the buffer "
     "unanswered",
     in_every_mode, half_close_gets_reply},
    {"goodbye-is-answered", "When the client has closed its side, the server closes too.",
     "the result 0 of recv means the end: without it the thread spins or the descriptor leaks",
     in_every_mode, goodbye_is_answered},
    {"vanishes-in-mid-command", "A client that leaves in the middle of a line harms nobody.",
     "what had come was treated as a whole line, and its missing words were read", in_every_mode,
     vanishes_in_mid_command},
    {"reset-in-mid-value", "A connection reset in the middle of a value harms nobody.",
     "recv returned -1 and was used as a count, or its exception left the thread and ended the "
     "process",
     in_every_mode, reset_in_mid_value},
    {"reset-in-mid-reply", "A client that resets while replies are on their way harms nobody.",
     "writing to a connection that is gone raises SIGPIPE, which ends the process: ignore it, or "
     "pass "
     "MSG_NOSIGNAL, and look at the error",
     in_every_mode, reset_in_mid_reply},
    {"thousand-connections", "A thousand clients, one after the other, are all served.",
     "a descriptor (or a thread) is left behind by each client, and the limit was reached",
     in_every_mode, thousand_connections},
};

}  // namespace

std::span<const Case> goodbye_cases()
{
    return goodbye_case_table;
}

}  // namespace kv::check
