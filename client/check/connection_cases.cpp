// connection_cases.cpp: many clients at the same time, and all the ways in which a client leaves.

#include "client/check/case.h"
#include "client/check/client.h"

#include <fmt/format.h>

#include <array>
#include <exception>
#include <thread>

namespace kv::check {

namespace {

void two_clients_share(Fixture& fixture)
{
    Client a = fixture.connect("A");
    Client b = fixture.connect("B");
    const auto from_a = fixture.key("from-a");
    const auto from_b = fixture.key("from-b");
    a.ask(fixture.wire().set(from_a, "written by A"), fixture.wire().stored());
    b.ask(fixture.wire().set(from_b, "written by B"), fixture.wire().stored());
    a.ask(fixture.wire().get(from_b), fixture.wire().hit(from_b, "written by B"));
    b.ask(fixture.wire().get(from_a), fixture.wire().hit(from_a, "written by A"));
}

void interleaved_requests(Fixture& fixture)
{
    Client a = fixture.connect("A");
    Client b = fixture.connect("B");
    const auto key_a = fixture.key("half-a");
    const auto key_b = fixture.key("half-b");
    const Message set_a = fixture.wire().set(key_a, "hello");
    const Message set_b = fixture.wire().set(key_b, "goodbye");
    fixture.say("A and B each send their command line, then each their value.");
    const auto line_of = [](const Message& set) {
        return set.bytes.substr(0, set.parts[0].length);
    };
    const auto rest_of = [](const Message& set) { return set.bytes.substr(set.parts[0].length); };
    a.send(Message{}.add("command line", line_of(set_a)));
    a.expect_silence();
    b.send(Message{}.add("command line", line_of(set_b)));
    b.expect_silence();
    a.ask(Message{}.add("value", rest_of(set_a)), fixture.wire().stored());
    b.ask(Message{}.add("value", rest_of(set_b)), fixture.wire().stored());
    a.ask(fixture.wire().get(key_a), fixture.wire().hit(key_a, "hello"));
    b.ask(fixture.wire().get(key_b), fixture.wire().hit(key_b, "goodbye"));
}

void serve(Fixture& fixture, Client& client, std::string_view stem)
{
    const auto key = fixture.key(stem);
    client.ask(fixture.wire().set(key, "served"), fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "served"));
}

void silent_client(Fixture& fixture)
{
    Client silent = fixture.connect("A");
    fixture.say("A stays connected and says nothing.");
    Client active = fixture.connect("B");
    serve(fixture, active, "beside-silent");
}

void half_a_request(Fixture& fixture)
{
    Client stuck = fixture.connect("A");
    const Message request = fixture.wire().set(fixture.key("stuck"), "hello");
    stuck.send(
        Message{}.add("half a request", request.bytes.substr(0, request.parts[0].length + 2)));
    stuck.expect_silence();
    fixture.say("A has sent half a value and stays silent.");
    Client active = fixture.connect("B");
    serve(fixture, active, "beside-half");
}

void reader_that_stops(Fixture& fixture)
{
    Client lazy = fixture.connect("A", small_receive_buffer_bytes);
    const auto key = fixture.key("lazy");
    lazy.ask(fixture.wire().set(key, big_value()), fixture.wire().stored());
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += fixture.wire().get(key);
    lazy.send(requests);
    lazy.let_replies_pile_up();
    Client active = fixture.connect("B");
    serve(fixture, active, "beside-lazy");
}

void hundred_idle_clients(Fixture& fixture)
{
    std::vector<Client> idle;
    for (int i = 1; i <= 100; ++i) idle.push_back(fixture.connect("idle " + std::to_string(i)));
    fixture.say(
        "100 clients are connected and silent; one more speaks, then the first and the last.");
    Client active = fixture.connect("A");
    serve(fixture, active, "beside-hundred");
    serve(fixture, idle.front(), "first-of-hundred");
    serve(fixture, idle.back(), "last-of-hundred");
}

constexpr int writers = 50;
constexpr int writes_each = 40;

std::string key_of(const Fixture& fixture, int writer, int turn)
{
    return fixture.key("w" + std::to_string(writer) + "-" + std::to_string(turn));
}

void write_keys(Fixture& fixture, Client& client, int writer)
{
    for (int turn = 0; turn < writes_each; ++turn)
        client.ask(fixture.wire().set(key_of(fixture, writer, turn), client.name()),
                   fixture.wire().stored());
}

void fifty_writers(Fixture& fixture)
{
    std::vector<Client> clients;
    clients.reserve(writers);
    for (int i = 0; i < writers; ++i)
        clients.push_back(fixture.connect("writer " + std::to_string(i)));
    std::array<std::exception_ptr, writers> errors;
    {
        std::vector<std::jthread> threads;
        threads.reserve(writers);
        for (int i = 0; i < writers; ++i)
            threads.emplace_back([&, i, slot = static_cast<std::size_t>(i)] {
                try {
                    write_keys(fixture, clients[slot], i);
                } catch (...) {
                    errors[slot] = std::current_exception();
                }
            });
    }
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
    fixture.say(
        "50 clients have written 40 keys each, all at the same time; a new client reads all "
        "2,000.");
    Client reader = fixture.connect("reader");
    for (int i = 0; i < writers; ++i)
        for (int turn = 0; turn < writes_each; ++turn) {
            const auto key = key_of(fixture, i, turn);
            const auto value = "writer " + std::to_string(i);
            reader.ask(fixture.wire().get(key), fixture.wire().hit(key, value));
        }
}

constexpr Case concurrency_case_table[] = {
    {"silent-client", "A client that connects and sends nothing makes no other client wait.",
     "one client at a time is served to its end before accept is called again: give each a "
     "thread",
     in_every_mode, silent_client},
    {"two-clients-share", "Two clients connected at the same time see each other's writes.",
     "each connection (or each forked process) has its own table; memory after fork is a copy",
     in_every_mode, two_clients_share, "silent-client"},
    {"half-a-request", "A client that stops in the middle of a request makes no other client wait.",
     "the lock of the table is held while reading from the socket: read first, then lock",
     in_every_mode, half_a_request, "silent-client"},
    {"interleaved-requests", "Two clients in the middle of a request do not mix.",
     "the state of a request (key, length, buffer) is global or static: it belongs to the "
     "connection",
     in_every_mode, interleaved_requests, "silent-client two-clients-share half-a-request"},
    {"reader-that-stops", "A client that does not read its replies makes no other client wait.",
     "the lock of the table is held while writing to the socket: copy the value, unlock, then send",
     in_every_mode, reader_that_stops, "silent-client two-in-one-segment"},
};

}  // namespace

std::span<const Case> concurrency_cases()
{
    return concurrency_case_table;
}

namespace {

void half_close_gets_reply(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("half-close");
    client.ask(fixture.wire().set(key, "hello"), fixture.wire().stored());
    client.send(fixture.wire().get(key) + fixture.wire().get(key));
    client.half_close();
    client.expect(fixture.wire().hit(key, "hello") + fixture.wire().hit(key, "hello"));
}

void goodbye_is_answered(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.ask(fixture.wire().get(fixture.key("nobody")), fixture.wire().miss());
    client.half_close();
    client.expect_close();
}

void vanishes_in_mid_command(Fixture& fixture)
{
    for (const std::string_view fragment : {"s", "set", "get nob", "get nobody\r"}) {
        Client client = fixture.connect("A");
        client.send(Message{}.add("a fragment", fragment));
        client.close();
    }
    fixture.expect_alive();
}

void reset_in_mid_value(Fixture& fixture)
{
    const auto key = fixture.key("reset");
    Client client = fixture.connect("A");
    client.ask(fixture.wire().set(key, "old"), fixture.wire().stored());
    client.send(fixture.wire().set_line(key, "10").add("half the value", "hello"));
    client.expect_silence();
    client.reset();
    fixture.expect_alive();
    fixture.expect_value_or_miss(key, "old");
}

void reset_in_mid_reply(Fixture& fixture)
{
    const auto key = fixture.key("sigpipe");
    Client client = fixture.connect("A", small_receive_buffer_bytes);
    client.ask(fixture.wire().set(key, big_value()), fixture.wire().stored());
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += fixture.wire().get(key);
    client.send(requests);
    client.let_replies_pile_up();
    // After FIN and RST the server's write fails with EPIPE and raises SIGPIPE; after RST alone the
    // first write fails with ECONNRESET, without a signal.
    client.half_close();
    client.reset();
    fixture.expect_alive();
}

void thousand_connections(Fixture& fixture)
{
    constexpr int times = 1000;
    const Message question = fixture.wire().get(fixture.key("nobody"));
    for (int i = 1; i <= times; ++i) try {
            Client client = fixture.connect("client " + std::to_string(i));
            client.ask(question, fixture.wire().miss());
        } catch (const Failure& failure) {
            throw Failure(failure.who,
                          fmt::format("of {} connections one after the other, number {} failed: {}",
                                      times, i, failure.what()));
        }
}

constexpr Case disconnect_case_table[] = {
    {"half-close-gets-its-reply", "A client that closes its sending side still gets its replies.",
     "recv returned 0 and the connection was closed immediately, with requests in the buffer "
     "unanswered",
     in_every_mode, half_close_gets_reply, "two-in-one-segment pipeline-of-100"},
    {"goodbye-is-answered", "When the client has closed its side, the server closes too.",
     "recv returns 0 at the end: if that is ignored, the thread spins or the descriptor leaks",
     in_every_mode, goodbye_is_answered, "miss"},
    {"vanishes-in-mid-command", "A client that leaves in the middle of a line does no harm.",
     "the partial line was treated as a whole one, and its missing words were read", in_every_mode,
     vanishes_in_mid_command},
    {"reset-in-mid-value", "A connection reset in the middle of a value does no harm.",
     "recv returned -1 and was used as a count, or its exception left the thread and ended the "
     "process",
     in_every_mode, reset_in_mid_value, "silent-client"},
    {"reset-in-mid-reply", "A client that resets while replies are on their way does no harm.",
     "writing to a connection that is gone raises SIGPIPE, which ends the process: ignore it, or "
     "pass "
     "MSG_NOSIGNAL, and look at the error",
     in_every_mode, reset_in_mid_reply, "silent-client two-in-one-segment"},
    {"thousand-connections", "A thousand clients, one after the other, are all served.",
     "a descriptor (or a thread) is left behind by each client, and the limit was reached",
     in_every_mode, thousand_connections, "miss goodbye-is-answered"},
};

}  // namespace

std::span<const Case> disconnect_cases()
{
    return disconnect_case_table;
}

namespace {

constexpr int crowd_size = 200;

/// What a hostile client does between the requests of the others.
void be_hostile(Fixture& fixture, int turn)
{
    Client hostile = fixture.connect("hostile");
    const auto key = fixture.key("hostile");
    switch (turn % 4) {
        case 0: hostile.send(fixture.wire().set_line(key, "-2147483648")); break;
        case 1:
            hostile.send(fixture.wire().set_line(key, "10").add("half the value", "hello"));
            break;
        case 2: hostile.send(fixture.wire().command({"frobnicate", "it"})); break;
        default: hostile.send(Message{}.add("noise", std::string_view("\0\xff\r\n", 4))); break;
    }
    hostile.expect_anything();
    hostile.reset();
}

void crowd_and_a_hostile_one(Fixture& fixture)
{
    std::vector<Client> crowd;
    for (int i = 1; i <= crowd_size; ++i)
        crowd.push_back(fixture.connect("client " + std::to_string(i)));
    fixture.say("200 clients set and get in turn; between them one sends nonsense and resets.");
    for (int i = 0; i < crowd_size; ++i) {
        if (i % 10 == 0) be_hostile(fixture, i / 10);
        serve(fixture, crowd[static_cast<std::size_t>(i)], "crowd-" + std::to_string(i));
    }
    Client reader = fixture.connect("reader");
    for (int i = 0; i < crowd_size; ++i) {
        const auto key = fixture.key("crowd-" + std::to_string(i));
        reader.ask(fixture.wire().get(key), fixture.wire().hit(key, "served"));
    }
}

constexpr Case crowd_case_table[] = {
    {"hundred-idle-clients", "A hundred idle clients and an active one are all served.",
     "a fixed array of clients, a small thread pool with one thread per connection, or a thread "
     "that "
     "failed to start, unnoticed",
     in_every_mode, hundred_idle_clients, "silent-client"},
    {"fifty-writers", "Fifty clients writing different keys at the same time lose nothing.",
     "the table is changed without a lock, or all threads were handed the address of the same "
     "variable",
     in_every_mode, fifty_writers, "silent-client two-clients-share hundred-idle-clients"},
    {"crowd-and-a-hostile-one", "Two hundred clients are served despite a hostile one.",
     "an error of one client ended more than its connection: catch it where that client is served",
     in_every_mode, crowd_and_a_hostile_one,
     "silent-client hundred-idle-clients negative-length unknown-command length-not-a-number "
     "reset-in-mid-value"},
};

}  // namespace

std::span<const Case> crowd_cases()
{
    return crowd_case_table;
}

}  // namespace kv::check
