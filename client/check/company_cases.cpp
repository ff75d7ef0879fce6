// company_cases.cpp: several clients at once. Each of them must be served as if it were alone.

#include <array>
#include <exception>
#include <thread>

#include "client/check/case.h"
#include "client/check/sizes.h"

namespace kv::check {

namespace {

void two_clients_share(Stage& stage)
{
    Client a = stage.connect("A");
    Client b = stage.connect("B");
    const auto from_a = stage.key("from-a");
    const auto from_b = stage.key("from-b");
    a.ask(stage.wire().set(from_a, "written by A"), stage.wire().stored());
    b.ask(stage.wire().set(from_b, "written by B"), stage.wire().stored());
    a.ask(stage.wire().get(from_b), stage.wire().hit(from_b, "written by B"));
    b.ask(stage.wire().get(from_a), stage.wire().hit(from_a, "written by A"));
}

void interleaved_requests(Stage& stage)
{
    Client a = stage.connect("A");
    Client b = stage.connect("B");
    const auto key_a = stage.key("half-a");
    const auto key_b = stage.key("half-b");
    const Message set_a = stage.wire().set(key_a, "hello");
    const Message set_b = stage.wire().set(key_b, "goodbye");
    stage.say("A and B each send their command line, then each their value.");
    const auto line_of = [](const Message& set) {
        return set.bytes.substr(0, set.parts[0].length);
    };
    const auto rest_of = [](const Message& set) { return set.bytes.substr(set.parts[0].length); };
    a.send(Message{}.add("command line", line_of(set_a)));
    a.expect_silence();
    b.send(Message{}.add("command line", line_of(set_b)));
    b.expect_silence();
    a.ask(Message{}.add("value", rest_of(set_a)), stage.wire().stored());
    b.ask(Message{}.add("value", rest_of(set_b)), stage.wire().stored());
    a.ask(stage.wire().get(key_a), stage.wire().hit(key_a, "hello"));
    b.ask(stage.wire().get(key_b), stage.wire().hit(key_b, "goodbye"));
}

void serve(Stage& stage, Client& client, std::string_view stem)
{
    const auto key = stage.key(stem);
    client.ask(stage.wire().set(key, "served"), stage.wire().stored());
    client.ask(stage.wire().get(key), stage.wire().hit(key, "served"));
}

void silent_client(Stage& stage)
{
    Client silent = stage.connect("A");
    stage.say("A stays connected and says nothing.");
    Client active = stage.connect("B");
    serve(stage, active, "beside-silent");
}

void half_a_request(Stage& stage)
{
    Client stuck = stage.connect("A");
    const Message request = stage.wire().set(stage.key("stuck"), "hello");
    stuck.send(
        Message{}.add("half a request", request.bytes.substr(0, request.parts[0].length + 2)));
    stuck.expect_silence();
    stage.say("A has sent half a value and stays silent.");
    Client active = stage.connect("B");
    serve(stage, active, "beside-half");
}

void reader_that_stops(Stage& stage)
{
    Client lazy = stage.connect("A", small_receive_buffer_bytes);
    const auto key = stage.key("lazy");
    lazy.ask(stage.wire().set(key, big_value()), stage.wire().stored());
    Message requests;
    for (int i = 0; i < gets_that_fill_buffers; ++i) requests += stage.wire().get(key);
    lazy.send(requests);
    lazy.let_replies_pile_up();
    Client active = stage.connect("B");
    serve(stage, active, "beside-lazy");
}

void hundred_idle_clients(Stage& stage)
{
    std::vector<Client> idle;
    for (int i = 1; i <= 100; ++i) idle.push_back(stage.connect("idle " + std::to_string(i)));
    stage.say(
        "100 clients are connected and silent; one more speaks, then the first and the last.");
    Client active = stage.connect("A");
    serve(stage, active, "beside-hundred");
    serve(stage, idle.front(), "first-of-hundred");
    serve(stage, idle.back(), "last-of-hundred");
}

constexpr int writers = 50;
constexpr int writes_each = 40;

std::string key_of(const Stage& stage, int writer, int turn)
{
    return stage.key("w" + std::to_string(writer) + "-" + std::to_string(turn));
}

void write_keys(Stage& stage, Client& client, int writer)
{
    for (int turn = 0; turn < writes_each; ++turn)
        client.ask(stage.wire().set(key_of(stage, writer, turn), client.name()),
                   stage.wire().stored());
}

void fifty_writers(Stage& stage)
{
    std::vector<Client> clients;
    clients.reserve(writers);
    for (int i = 0; i < writers; ++i)
        clients.push_back(stage.connect("writer " + std::to_string(i)));
    std::array<std::exception_ptr, writers> errors;
    {
        std::vector<std::jthread> threads;
        threads.reserve(writers);
        for (int i = 0; i < writers; ++i)
            threads.emplace_back([&, i, slot = static_cast<std::size_t>(i)] {
                try {
                    write_keys(stage, clients[slot], i);
                } catch (...) {
                    errors[slot] = std::current_exception();
                }
            });
    }
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
    stage.say("50 clients have written 40 keys each, all at once; a new client reads all 2,000.");
    Client reader = stage.connect("reader");
    for (int i = 0; i < writers; ++i)
        for (int turn = 0; turn < writes_each; ++turn) {
            const auto key = key_of(stage, i, turn);
            const auto value = "writer " + std::to_string(i);
            reader.ask(stage.wire().get(key), stage.wire().hit(key, value));
        }
}

constexpr Case company_case_table[] = {
    {"two-clients-share", "Two clients connected at once see each other's writes.",
     "each connection (or each forked process) has its own table; memory after fork is a copy",
     in_every_mode, two_clients_share},
    {"interleaved-requests", "Two clients in the middle of a request do not mix.",
     "the state of a request (key, length, buffer) is global or static: it belongs to the "
     "connection",
     in_every_mode, interleaved_requests},
    {"silent-client", "A client that connects and says nothing keeps nobody waiting.",
     "one client at a time is served to its end before accept is called again: give each its "
     "thread",
     in_every_mode, silent_client},
    {"half-a-request", "A client that stops in mid-request keeps nobody waiting.",
     "the lock of the table is held while reading from the socket: read first, lock then",
     in_every_mode, half_a_request},
    {"reader-that-stops", "A client that does not read its replies keeps nobody waiting.",
     "the lock of the table is held while writing to the socket: copy the value, unlock, then send",
     in_every_mode, reader_that_stops},
    {"hundred-idle-clients", "A hundred idle clients and an active one are all served.",
     "a fixed array of clients, a small thread pool with one thread per connection, or a thread "
     "that "
     "could not be started and nobody looked",
     in_every_mode, hundred_idle_clients},
    {"fifty-writers", "Fifty clients writing different keys at once lose nothing.",
     "the table is changed without a lock, or all threads were handed the address of the same "
     "variable",
     in_every_mode, fifty_writers},
};

}  // namespace

std::span<const Case> company_cases()
{
    return company_case_table;
}

}  // namespace kv::check
