#include "client/check/diagnosis.h"

#include <array>
#include <string>

#include "client/check/message.h"

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

bool is_an_error(std::string_view expected, std::string_view got)
{
    return !expected.starts_with("ERROR") &&
           (got.starts_with("ERROR") || got.starts_with("CLIENT_ERROR"));
}

bool is_cut_short(std::string_view expected, std::string_view got)
{
    return !got.empty() && got.size() < expected.size() && expected.starts_with(got);
}

struct Hint {
    bool (*applies)(std::string_view expected, std::string_view got);
    std::string_view sentence;
};

// The more particular first: the first that applies is told.
constexpr std::array hints{
    Hint{lacks_end, "The reply is whole but for its last line, END CR LF."},
    Hint{lacks_value_terminator, "Between the value and END there must be CR LF."},
    Hint{lacks_carriage_returns, "Lines end with CR LF (0d 0a), not with LF alone."},
    Hint{ends_in_nul,
         "A NUL byte follows the reply: sizeof of a literal, or strlen + 1, was sent."},
    Hint{stops_at_nul, "The reply goes wrong exactly where the value has a NUL byte."},
    Hint{has_surplus_line_end, "A line end follows the reply that does not belong to it."},
    Hint{is_an_error,
         "The server took something for a command that was none: left-over bytes of a "
         "value or its terminator, or half a line."},
    Hint{is_cut_short, "What came is right, but it is only the beginning."},
};

}  // namespace

std::optional<std::string_view> diagnose(std::string_view expected, std::string_view got)
{
    for (const auto& hint : hints)
        if (hint.applies(expected, got)) return hint.sentence;
    return std::nullopt;
}

}  // namespace kv::check
