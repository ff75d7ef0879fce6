// request_cases.cpp: requests: well-formed, split in every way a network may split them, and
// malformed.

#include "client/check/case.h"
#include "client/check/client.h"

namespace kv::check {

namespace {

void set_then_get(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("greeting");
    client.ask(fixture.wire().set(key, "hello"), fixture.wire().stored());
    client.expect_silence();
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "hello"));
    client.expect_silence();
}

void miss(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.ask(fixture.wire().get(fixture.key("nobody")), fixture.wire().miss());
    client.expect_silence();
}

void overwrite(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("twice");
    client.ask(fixture.wire().set(key, "the first value"), fixture.wire().stored());
    client.ask(fixture.wire().set(key, "second"), fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "second"));
    client.expect_silence();
}

void two_keys(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto one = fixture.key("one");
    const auto two = fixture.key("two");
    client.ask(fixture.wire().set(one, "1"), fixture.wire().stored());
    client.ask(fixture.wire().set(two, "22"), fixture.wire().stored());
    client.ask(fixture.wire().get(one), fixture.wire().hit(one, "1"));
    client.ask(fixture.wire().get(two), fixture.wire().hit(two, "22"));
}

void keys_keep_their_case(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto small = fixture.key("letter");
    const auto capital = fixture.key("LETTER");
    client.ask(fixture.wire().set(small, "small"), fixture.wire().stored());
    client.ask(fixture.wire().set(capital, "CAPITAL"), fixture.wire().stored());
    client.ask(fixture.wire().get(small), fixture.wire().hit(small, "small"));
}

void empty_value(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto empty = fixture.key("empty");
    const auto full = fixture.key("full");
    client.ask(fixture.wire().set(full, "x"), fixture.wire().stored());
    client.ask(fixture.wire().set(empty, ""), fixture.wire().stored());
    client.ask(fixture.wire().get(empty), fixture.wire().hit(empty, ""));
    client.expect_silence();
    client.ask(fixture.wire().get(full), fixture.wire().hit(full, "x"));
}

void delete_a_key(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("gone");
    client.ask(fixture.wire().set(key, "x"), fixture.wire().stored());
    client.ask(fixture.wire().command({"delete", key}), Message{}.add("number", ":1\r\n"));
    client.ask(fixture.wire().command({"delete", key}), Message{}.add("number", ":0\r\n"));
    client.ask(fixture.wire().get(key), fixture.wire().miss());
    client.expect_silence();
}

void mset_then_mget(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto one = fixture.key("m1");
    const auto two = fixture.key("m2");
    const auto nobody = fixture.key("nobody");
    client.ask(fixture.wire().command({"mset", one, "1", two, "22"}),
               Message{}.add("number", ":2\r\n"));
    client.ask(fixture.wire().command({"mget", one, nobody, two}),
               Message{}.add("array", "*3\r\n") + fixture.wire().hit(one, "1") +
                   fixture.wire().miss() + fixture.wire().hit(two, "22"));
    client.expect_silence();
}

void flush(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("flushed");
    client.ask(fixture.wire().set(key, "x"), fixture.wire().stored());
    client.send(fixture.wire().command({"flush"}));
    client.expect_count();
    client.ask(fixture.wire().get(key), fixture.wire().miss());
    client.expect_silence();
}

constexpr Case answer_case_table[] = {
    {"miss", "A get of a key that was never set is answered immediately.",
     "the branch for \"not found\" sends nothing, or not what the protocol says, and "
     "the "
     "client waits",
     in_every_mode, miss},
};

constexpr Case basic_case_table[] = {
    {"set-then-get", "A value that was set comes back, byte for byte, on the same connection.",
     "compare your reply with the protocol byte by byte: a forgotten CR LF or END, or a terminator "
     "of the request left unread, is invisible in a terminal",
     in_every_mode, set_then_get},
    {"overwrite", "A second set replaces the whole first value, even when it is shorter.",
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
    {"delete", "DELETE answers how many keys it removed, 1 or 0, and the key is gone.",
     "the reply was a word or a string; a number begins with a colon", in_resp, delete_a_key,
     "miss"},
    {"mset-then-mget",
     "MSET counts its pairs, MGET answers an array with null for what is missing.",
     "the array's length counts only the keys that were found, or MSET looked at its first pair "
     "only",
     in_resp, mset_then_mget, "miss"},
    {"flush", "FLUSH removes every key and answers how many there were.",
     "the keys were counted and not removed, or the reply is not a number", in_resp, flush, "miss"},
};

}  // namespace

std::span<const Case> answer_cases()
{
    return answer_case_table;
}

std::span<const Case> basic_cases()
{
    return basic_case_table;
}

namespace {

void two_in_one_segment(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("sticky");
    client.send(fixture.wire().set(key, "hello") + fixture.wire().get(key));
    client.expect(fixture.wire().stored() + fixture.wire().hit(key, "hello"));
    client.expect_silence();
}

void pipeline_of_100(Fixture& fixture)
{
    Client client = fixture.connect("A");
    Message requests;
    Message replies;
    for (int i = 0; i < 50; ++i) {
        const auto key = fixture.key("pipe" + std::to_string(i));
        const auto value = "value " + std::to_string(i);
        requests += fixture.wire().set(key, value) + fixture.wire().get(key);
        replies += fixture.wire().stored() + fixture.wire().hit(key, value);
    }
    client.send(requests);
    client.expect(replies);
    client.expect_silence();
}

void one_byte_at_a_time(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("slow");
    client.send_byte_by_byte(fixture.wire().set(key, "hello"));
    client.expect(fixture.wire().stored());
    client.send_byte_by_byte(fixture.wire().get(key));
    client.expect(fixture.wire().hit(key, "hello"));
}

void line_split(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("cutline");
    client.send_in_pieces(fixture.wire().set(key, "hello"), {6});
    client.expect(fixture.wire().stored());
    client.send_in_pieces(fixture.wire().get(key), {6});
    client.expect(fixture.wire().hit(key, "hello"));
}

void value_split(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("cutvalue");
    const Message request = fixture.wire().set(key, "hello");
    const std::size_t value_begins = request.parts.front().length;
    client.send_in_pieces(request, {value_begins, value_begins + 2});
    client.expect(fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "hello"));
}

void cr_and_lf_split(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("cutcrlf");
    const Message set = fixture.wire().set(key, "hello");
    const Message get = fixture.wire().get(key);
    client.send_in_pieces(set, {set.parts.front().length - 1});
    client.expect(fixture.wire().stored());
    client.send_in_pieces(get, {get.bytes.size() - 1});
    client.expect(fixture.wire().hit(key, "hello"));
}

constexpr Case framing_case_table[] = {
    {"two-in-one-segment", "Two requests that arrive in one read are both answered, in order.",
     "after the first request the rest of the buffer was thrown away: keep it, and look there "
     "before "
     "you call recv again",
     in_every_mode, two_in_one_segment},
    {"pipeline-of-100", "A hundred requests sent without waiting get a hundred replies in order.",
     "requests were collected and answered later, by several threads, or only as many as fit into "
     "one "
     "read",
     in_every_mode, pipeline_of_100, "two-in-one-segment"},
    {"line-split-in-the-middle", "A command line may arrive in two reads.",
     "the line was parsed before its CR LF had arrived: read until it is there", in_every_mode,
     line_split},
    {"value-split-in-the-middle", "A value may arrive in several reads.",
     "recv(n) returns at most n bytes: loop until all have come", in_every_mode, value_split,
     "line-split-in-the-middle"},
    {"cr-and-lf-split", "CR may be the last byte of one read and LF the first of the next.",
     "the line end was searched for only in the newest piece, which never has CR and LF together",
     in_every_mode, cr_and_lf_split, "line-split-in-the-middle"},
    {"one-byte-at-a-time", "Each byte may come alone; the replies stay the same.",
     "one recv was taken for one message: append to a buffer and look for a whole line each time",
     in_every_mode, one_byte_at_a_time,
     "line-split-in-the-middle value-split-in-the-middle cr-and-lf-split"},
};

}  // namespace

std::span<const Case> framing_cases()
{
    return framing_case_table;
}

namespace {

/// After an error the same connection must still be served.
void expect_in_step(Fixture& fixture, Client& client)
{
    client.ask(fixture.wire().get(fixture.key("nobody")), fixture.wire().miss());
    client.expect_silence();
}

void unknown_command(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.send(fixture.wire().command({"frobnicate", "it"}));
    client.expect_error(fixture.wire());
    expect_in_step(fixture, client);
}

void empty_line(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("after-empty");
    client.ask(fixture.wire().set(key, "x"), fixture.wire().stored());
    expect_in_step(fixture, client);
    client.send(Message{}.add("empty line", "\r\n") + fixture.wire().get(key));
    try {
        client.expect(fixture.wire().hit(key, "x"));
    } catch (const Failure& failure) {
        // memcached answers ERROR to an empty line, the tutorials nothing: both are right.
        const Message with_error =
            Message{}.add("for the empty line", "ERROR\r\n") + fixture.wire().hit(key, "x");
        if (failure.got != with_error.bytes) throw;
    }
}

void missing_words(Fixture& fixture)
{
    const std::vector<std::vector<std::string_view>> requests{{"get"}, {"set"}, {"set", "lonely"}};
    for (const auto& words : requests) {
        Client client = fixture.connect("A");
        client.send(fixture.wire().command(words));
        client.expect_error(fixture.wire());
    }
    fixture.expect_alive();
}

void key_of_250(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const std::string key = fixture.key(std::string(243, 'k'));
    client.ask(fixture.wire().set(key, "long key"), fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "long key"));
    client.expect_silence();
}

void key_of_251(Fixture& fixture)
{
    const std::string at_the_limit = fixture.key(std::string(243, 'm'));
    const std::string beyond = at_the_limit + "x";
    Client client = fixture.connect("A");
    client.ask(fixture.wire().set(at_the_limit, "neighbour"), fixture.wire().stored());
    fixture.say("A key of 251 bytes is refused, or kept whole; memcached's protocol says refused.");
    client.send(fixture.wire().set(beyond, "too long"));
    if (fixture.wire().mode() == Mode::memcache)
        client.expect_error(fixture.wire());
    else
        try {
            client.expect(fixture.wire().stored());
            client.ask(fixture.wire().get(beyond), fixture.wire().hit(beyond, "too long"));
        } catch (const Failure& failure) {
            if (!fixture.wire().is_error(failure.got)) throw;
        }
    Client new_client = fixture.connect("new client");
    new_client.ask(fixture.wire().get(at_the_limit), fixture.wire().hit(at_the_limit, "neighbour"));
    fixture.expect_alive();
}

void endless_line(Fixture& fixture)
{
    constexpr std::size_t far_too_much = 4 << 20;
    Client client = fixture.connect("A");
    if (!client.is_refused_while_sending(std::string(16384, 'x'), far_too_much))
        throw Failure(client.name(),
                      "the server took 4 MiB of one command line and neither answered nor closed");
    fixture.expect_alive();
}

constexpr Case command_case_table[] = {
    {"unknown-command", "An unknown command is answered with an error, and the connection goes on.",
     "the last `else` is missing or closes: a typing mistake must not cost the connection",
     in_every_mode, unknown_command, "miss"},
    {"empty-line", "An empty line does no harm.",
     "words[0] was read before checking how many words there are", in_line_modes, empty_line,
     "miss two-in-one-segment"},
    {"missing-words", "A command with too few words is answered with an error.",
     "strtok returned NULL, or words[1] does not exist, unchecked", in_every_mode, missing_words,
     "unknown-command"},
    {"key-of-250-bytes", "A key of 250 bytes is kept whole.",
     "the buffer for the line or the key is too small; 250 is what the protocol promises",
     in_every_mode, key_of_250},
    {"key-of-251-bytes", "A key of 251 bytes is refused or kept whole, and affects no other key.",
     "strcpy or scanf(\"%s\") into char key[250], or a key silently cut to 250 bytes, which is "
     "another "
     "client's key",
     in_every_mode, key_of_251, "key-of-250-bytes silent-client"},
    {"endless-line", "An endless line is ended by an error or a close.",
     "the line buffer grows as long as bytes come: any client can fill your memory", in_every_mode,
     endless_line, "silent-client"},
};

}  // namespace

std::span<const Case> command_cases()
{
    return command_case_table;
}

}  // namespace kv::check
