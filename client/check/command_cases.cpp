// command_cases.cpp: command lines that are wrong, empty, too short, too long, or never end.

#include "client/check/case.h"
#include "client/check/failure.h"

namespace kv::check {

namespace {

/// After an error the same connection must still serve.
void expect_in_step(Stage& stage, Client& client)
{
    client.ask(stage.wire().get(stage.key("nobody")), stage.wire().miss());
    client.expect_silence();
}

void unknown_command(Stage& stage)
{
    Client client = stage.connect("A");
    client.send(Message{}.add("unknown command", "frobnicate it\r\n"));
    client.expect_error();
    expect_in_step(stage, client);
}

void empty_line(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("after-empty");
    client.ask(stage.wire().set(key, "x"), stage.wire().stored());
    expect_in_step(stage, client);
    client.send(Message{}.add("empty line", "\r\n") + stage.wire().get(key));
    try {
        client.expect(stage.wire().hit(key, "x"));
    } catch (const Failure& failure) {
        // memcached answers ERROR to an empty line, the tutorials nothing: both are in step.
        const Message with_error =
            Message{}.add("for the empty line", "ERROR\r\n") + stage.wire().hit(key, "x");
        if (failure.got != with_error.bytes) throw;
    }
}

void missing_words(Stage& stage)
{
    for (const std::string_view line : {"get\r\n", "set\r\n", "set lonely\r\n"}) {
        Client client = stage.connect("A");
        client.send(Message{}.add("too few words", line));
        client.expect_error();
    }
    stage.expect_alive();
}

void key_of_250(Stage& stage)
{
    Client client = stage.connect("A");
    const std::string key = stage.key(std::string(243, 'k'));
    client.ask(stage.wire().set(key, "long key"), stage.wire().stored());
    client.ask(stage.wire().get(key), stage.wire().hit(key, "long key"));
    client.expect_silence();
}

void key_of_251(Stage& stage)
{
    const std::string at_the_limit = stage.key(std::string(243, 'm'));
    const std::string beyond = at_the_limit + "x";
    Client client = stage.connect("A");
    client.ask(stage.wire().set(at_the_limit, "neighbour"), stage.wire().stored());
    stage.say("A key of 251 bytes is refused, or kept whole; memcached's protocol says refused.");
    client.send(stage.wire().set(beyond, "too long"));
    if (stage.wire().mode() == Mode::memcache)
        client.expect_error();
    else
        try {
            client.expect(stage.wire().stored());
            client.ask(stage.wire().get(beyond), stage.wire().hit(beyond, "too long"));
        } catch (const Failure& failure) {
            if (failure.got.find("ERROR") == std::string::npos) throw;
        }
    Client newcomer = stage.connect("newcomer");
    newcomer.ask(stage.wire().get(at_the_limit), stage.wire().hit(at_the_limit, "neighbour"));
    stage.expect_alive();
}

void endless_line(Stage& stage)
{
    constexpr std::size_t far_too_much = 4 << 20;
    Client client = stage.connect("A");
    if (!client.is_refused_while_sending(std::string(16384, 'x'), far_too_much))
        throw Failure(client.name(),
                      "the server took 4 MiB of one command line and neither answered nor closed");
    stage.expect_alive();
}

constexpr Case command_case_table[] = {
    {"unknown-command", "An unknown command is answered with an error, and the connection goes on.",
     "the last `else` is missing or closes: a typing mistake must not cost the connection",
     in_every_mode, unknown_command},
    {"empty-line", "An empty line does no harm.",
     "words[0] was read before looking how many words there are", in_every_mode, empty_line},
    {"missing-words", "A command with too few words is answered with an error.",
     "strtok returned NULL, or words[1] does not exist, and nobody looked", in_every_mode,
     missing_words},
    {"key-of-250-bytes", "A key of 250 bytes is kept whole.",
     "the buffer for the line or the key is too small; 250 is what the protocol promises",
     in_every_mode, key_of_250},
    {"key-of-251-bytes", "A key of 251 bytes is refused or kept whole, and harms no other key.",
     "strcpy or scanf(\"%s\") into char key[250], or a key silently cut to 250 bytes, which is "
     "another "
     "client's key",
     in_every_mode, key_of_251},
    {"endless-line", "A line without end is cut off with an error or a close.",
     "the line buffer grows as long as bytes come: any stranger can fill your memory",
     in_every_mode, endless_line},
};

}  // namespace

std::span<const Case> command_cases()
{
    return command_case_table;
}

}  // namespace kv::check
