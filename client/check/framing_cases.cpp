// framing_cases.cpp: TCP carries bytes, not messages. The same requests as before, cut and glued in
// every way a network may cut and glue them.

#include "client/check/case.h"

namespace kv::check {

namespace {

void two_in_one_segment(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("sticky");
    client.send(stage.wire().set(key, "hello") + stage.wire().get(key));
    client.expect(stage.wire().stored() + stage.wire().hit(key, "hello"));
    client.expect_silence();
}

void pipeline_of_100(Stage& stage)
{
    Client client = stage.connect("A");
    Message requests;
    Message replies;
    for (int i = 0; i < 50; ++i) {
        const auto key = stage.key("pipe" + std::to_string(i));
        const auto value = "value " + std::to_string(i);
        requests += stage.wire().set(key, value) + stage.wire().get(key);
        replies += stage.wire().stored() + stage.wire().hit(key, value);
    }
    client.send(requests);
    client.expect(replies);
    client.expect_silence();
}

void one_byte_at_a_time(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("slow");
    client.send_byte_by_byte(stage.wire().set(key, "hello"));
    client.expect(stage.wire().stored());
    client.send_byte_by_byte(stage.wire().get(key));
    client.expect(stage.wire().hit(key, "hello"));
}

void line_split(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("cutline");
    client.send_in_pieces(stage.wire().set(key, "hello"), {6});
    client.expect(stage.wire().stored());
    client.send_in_pieces(stage.wire().get(key), {6});
    client.expect(stage.wire().hit(key, "hello"));
}

void value_split(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("cutvalue");
    const Message request = stage.wire().set(key, "hello");
    const std::size_t value_begins = request.parts.front().length;
    client.send_in_pieces(request, {value_begins, value_begins + 2});
    client.expect(stage.wire().stored());
    client.ask(stage.wire().get(key), stage.wire().hit(key, "hello"));
}

void cr_and_lf_split(Stage& stage)
{
    Client client = stage.connect("A");
    const auto key = stage.key("cutcrlf");
    const Message set = stage.wire().set(key, "hello");
    const Message get = stage.wire().get(key);
    client.send_in_pieces(set, {set.parts.front().length - 1});
    client.expect(stage.wire().stored());
    client.send_in_pieces(get, {get.bytes.size() - 1});
    client.expect(stage.wire().hit(key, "hello"));
}

constexpr Case framing_case_table[] = {
    {"two-in-one-segment", "Two requests that arrive in one read are both answered, in order.",
     "after the first request the rest of the buffer was thrown away: keep it, and look there "
     "before "
     "you call recv again",
     in_every_mode, two_in_one_segment},
    {"pipeline-of-100", "A hundred requests sent without waiting get a hundred replies in order.",
     "requests were collected and answered later, by several threads, or only as many as fit one "
     "read",
     in_every_mode, pipeline_of_100},
    {"one-byte-at-a-time", "Each byte may come alone; nothing changes.",
     "one recv was taken for one message: append to a buffer and look for a whole line each time",
     in_every_mode, one_byte_at_a_time},
    {"line-split-in-the-middle", "A command line may arrive in two reads.",
     "the line was taken apart before its CR LF had arrived: read until it is there", in_every_mode,
     line_split},
    {"value-split-in-the-middle", "A value may arrive in several reads.",
     "recv(n) returns at most n bytes, not n bytes: loop until all have come", in_every_mode,
     value_split},
    {"cr-and-lf-split", "CR may be the last byte of one read and LF the first of the next.",
     "the line end was searched in the newest piece alone, where CR LF never stands together",
     in_every_mode, cr_and_lf_split},
};

}  // namespace

std::span<const Case> framing_cases()
{
    return framing_case_table;
}

}  // namespace kv::check
