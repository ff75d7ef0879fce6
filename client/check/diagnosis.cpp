// diagnosis.cpp: finds the likely cause of a failure from the bytes of the reply. Without a reply,
// it sends the server other requests and compares.

#include "client/check/case.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kv::check {

namespace {

std::string without(std::string_view text, std::string_view piece)
{
    std::string shorter(text);
    const auto at = shorter.rfind(piece);
    if (at != std::string::npos) shorter.erase(at, piece.size());
    return shorter;
}

bool lacks_end(std::string_view expected, std::string_view got)
{
    return expected.ends_with("END\r\n") && expected.size() > 5 &&
           got == without(expected, "END\r\n");
}

bool lacks_value_terminator(std::string_view expected, std::string_view got)
{
    return expected.ends_with("\r\nEND\r\n") && got == without(expected, "\r\nEND\r\n") + "END\r\n";
}

bool lacks_carriage_returns(std::string_view expected, std::string_view got)
{
    std::string bare(expected);
    std::erase(bare, '\r');
    return bare != expected && got == bare;
}

bool ends_in_nul(std::string_view expected, std::string_view got)
{
    return got == std::string(expected) + '\0';
}

bool stops_at_nul(std::string_view expected, std::string_view got)
{
    const std::size_t agreed = first_difference(expected, got);
    return agreed < expected.size() && expected[agreed] == '\0';
}

bool has_surplus_line_end(std::string_view expected, std::string_view got)
{
    return got == std::string(expected) + "\r\n" || got == std::string(expected) + "\n";
}

bool lacks_flags(std::string_view expected, std::string_view got)
{
    const auto flags = expected.find(" 0 ");
    if (!expected.starts_with("VALUE ") || flags == std::string_view::npos) return false;
    return got == std::string(expected.substr(0, flags)) + std::string(expected.substr(flags + 2));
}

struct Hint {
    bool (*applies)(std::string_view expected, std::string_view got);
    Diagnosis diagnosis;
};

// The most specific first: only the first that applies is shown.
constexpr std::array hints{
    Hint{lacks_end, {"The reply is complete but for its last line, END CR LF.", no_end}},
    Hint{lacks_value_terminator,
         {"Between the value and END there must be CR LF.", no_crlf_after_value}},
    Hint{lacks_flags, {"In the VALUE line the flags, here 0, come before the length.", no_flags}},
    Hint{lacks_carriage_returns,
         {"Lines end with CR LF (0d 0a), not with LF alone.", bare_newlines}},
    Hint{ends_in_nul,
         {"A NUL byte follows the reply: sizeof of a literal, or strlen + 1, was sent.",
          nul_after_reply}},
    Hint{stops_at_nul,
         {"The reply goes wrong exactly where the value has a NUL byte: a function for C strings "
          "(strlen, strcpy, %s) handled it."}},
    Hint{has_surplus_line_end,
         {"A line end follows the reply that does not belong to it.", crlf_after_reply}},
};

constexpr Diagnosis answers_an_error{
    "The server answered an error: it does not know this command, or it took the rest of a value, "
    "its terminator or half a line for one."};
constexpr Diagnosis waits_for_crlf{
    "Your server waits for CR LF after the value; this protocol sends none: read exactly as many "
    "bytes as the line says.",
    wants_crlf};
constexpr Diagnosis waits_for_the_end{
    "The reply came only after the client had closed its sending side: your server reads until the "
    "end of the stream, or its reply waits in a buffer. Answer each request as soon as it is "
    "complete, "
    "and flush."};
constexpr Diagnosis closes_after_a_reply{
    "The server closes the connection after one reply: serve a client in a loop, until recv "
    "returns 0."};

Diagnosis speaks(Mode mode)
{
    switch (mode) {
        case Mode::memcache:
            return {"This server speaks memcached's protocol: try --mode memcache."};
        case Mode::tutorial:
            return {"This server speaks the tutorial's protocol: try --mode tutorial."};
        case Mode::unframed:
            return {"This server speaks the unframed protocol: try --mode unframed."};
        case Mode::resp: break;
    }
    return {"This server speaks RESP: try --mode resp."};
}

/// Whether this request gets an answer; a closed connection is none.
template <class Question>
bool succeeds(const Question& question)
{
    try {
        return question();
    } catch (const Failure&) {
        return false;
    }
}

bool answers_after_crlf(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.send(fixture.wire().set(fixture.key("probe"), "hello"));
    if (!client.listen().empty()) return false;
    client.send(Message{}.add("CRLF", "\r\n"));
    return client.listen().starts_with(fixture.wire().stored().bytes);
}

bool answers_after_the_end(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.send(fixture.wire().get(fixture.key("probe")));
    if (!client.listen().empty()) return false;
    client.half_close();
    return !client.listen().empty();
}

bool closes_after_reply(Fixture& fixture)
{
    Client client = fixture.connect("A");
    client.send(fixture.wire().get(fixture.key("probe")));
    if (client.listen().empty()) return false;
    client.expect_close();
    return true;
}

bool is_understood(Fixture& fixture)
{
    Client client = fixture.connect("A");
    const auto key = fixture.key("probe");
    client.ask(fixture.wire().set(key, "hello"), fixture.wire().stored());
    client.ask(fixture.wire().get(key), fixture.wire().hit(key, "hello"));
    return true;
}

}  // namespace

std::optional<Diagnosis> diagnose(const Failure& failure, const Wire& wire)
{
    if (failure.got.empty()) return std::nullopt;
    const std::string_view expected =
        failure.expected ? failure.expected->bytes : std::string_view();
    for (const auto& hint : hints) {
        if (!hint.applies(expected, failure.got)) continue;
        Diagnosis diagnosis = hint.diagnosis;
        // Not a known mistake of framed replies.
        if (diagnosis.allowance == crlf_after_reply && wire.mode() != Mode::unframed)
            diagnosis.allowance = none;
        return diagnosis;
    }
    return std::nullopt;
}

std::optional<Diagnosis> experiment(const Target& target, const Failure& failure)
{
    Fixture fixture(target);
    const Mode mode = target.wire.mode();
    const bool is_silent = failure.got.empty() && failure.ended == Arrival::nothing_yet;
    const bool has_no_terminator = mode == Mode::tutorial || mode == Mode::unframed;
    if (is_silent && has_no_terminator && succeeds([&] { return answers_after_crlf(fixture); }))
        return waits_for_crlf;
    if (is_silent && succeeds([&] { return answers_after_the_end(fixture); }))
        return waits_for_the_end;
    if (!is_silent && succeeds([&] { return closes_after_reply(fixture); }))
        return closes_after_a_reply;
    for (const Mode other : {Mode::memcache, Mode::tutorial, Mode::unframed, Mode::resp}) {
        if (other == mode) continue;
        Target in_other_words = target;
        in_other_words.wire = Wire(other);
        Fixture retry(in_other_words);
        if (succeeds([&] { return is_understood(retry); })) return speaks(other);
    }
    if (target.wire.is_error(failure.got)) return answers_an_error;
    return std::nullopt;
}

}  // namespace kv::check
