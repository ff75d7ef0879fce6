#include "common/resp_reader.h"

#include "common/block.h"
#include "common/log.h"
#include "common/words.h"

#include <fmt/format.h>

namespace kv::resp {

namespace {

std::size_t redis_line_limit(std::string_view)
{
    return std::size_t{64} << 10;  // PROTO_INLINE_MAX_SIZE of Redis
}

[[noreturn]] void bad_line(char type, std::string_view text, std::string_view expected)
{
    throw BadFrame(fmt::format("{}{}", type, text), expected, text.size() + 3);
}

bool is_sized(Type type)
{
    switch (type) {
        case Type::bulk:
        case Type::bulk_error:
        case Type::verbatim:
        case Type::array:
        case Type::map:
        case Type::set:
        case Type::attribute:
        case Type::push: return true;
        default: return false;
    }
}

bool is_pairs(Type type)
{
    return type == Type::map || type == Type::attribute;
}

bool is_string(Type type)
{
    return type == Type::bulk || type == Type::bulk_error || type == Type::verbatim;
}

/// "3.14", "-inf", "nan", "1e5": checks the characters only; the value is not needed here.
bool is_real(std::string_view text)
{
    if (text == "inf" || text == "-inf" || text == "nan" || text == "-nan") return true;
    return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

bool is_whole_number(std::string_view text)
{
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Checks the text after the type byte of a value that is a single line.
void check_text(Type type, std::string_view text)
{
    const char byte = static_cast<char>(type);
    switch (type) {
        case Type::simple:
        case Type::error: return;
        case Type::integer:
            if (!parse_number<std::int64_t>(text)) bad_line(byte, text, "a 64-bit number");
            return;
        case Type::big_number:
            if (!is_whole_number(text)) bad_line(byte, text, "a whole number");
            return;
        case Type::real:
            if (!is_real(text)) bad_line(byte, text, "a floating-point number");
            return;
        case Type::boolean:
            if (text != "t" && text != "f") bad_line(byte, text, "\"#t\" or \"#f\"");
            return;
        case Type::null:
            if (!text.empty()) bad_line(byte, text, "\"_\"");
            return;
        default: bad_line(byte, text, "one of the types + - : $ * _ # , ( ! = % ~ | >");
    }
}

Header sized_header(Type type, std::string_view text)
{
    const bool may_be_null = type == Type::bulk || type == Type::array;
    if (text == "-1" && may_be_null) return {Type::null, 0, {}};
    const auto count = parse_number<std::uint64_t>(text);
    if (!count) bad_line(static_cast<char>(type), text, "a length");
    return {type, *count, text};
}

/// What remains of the limits of one value.
struct Budget {
    std::uint64_t elements;
    std::uint64_t bytes;
};

Value read_after(BufferedStream& stream, const Header& header, const Limits& limits,
                 std::size_t depth, Budget& budget);

Value read_inner(BufferedStream& stream, const Limits& limits, std::size_t depth, Budget& budget)
{
    const auto header = read_header(stream, limits);
    if (!header) throw Truncated("the peer closed in the middle of a message");
    return read_after(stream, *header, limits, depth, budget);
}

void take_from_budget(std::uint64_t& budget, const Header& header, std::uint64_t amount,
                      std::string_view what)
{
    if (amount > budget) {
        bad_line(static_cast<char>(header.type), header.text,
                 fmt::format("at most {} more {}", budget, what));
    }
    budget -= amount;
}

/// Recursion is bounded by max_depth, and so is the stack.
std::vector<Value> read_elements(BufferedStream& stream, const Header& header, const Limits& limits,
                                 std::size_t depth, Budget& budget)
{
    if (depth == limits.max_depth) {
        bad_line(static_cast<char>(header.type), header.text,
                 fmt::format("at most {} levels", limits.max_depth));
    }
    take_from_budget(budget.elements, header, header.count, "elements");
    std::uint64_t left = header.count;
    if (is_pairs(header.type)) {
        take_from_budget(budget.elements, header, header.count, "elements");
        left *= 2;  // cannot overflow: checked against the budget
    }
    std::vector<Value> elements;
    for (; left > 0; --left) {
        elements.push_back(read_inner(stream, limits, depth + 1, budget));
    }
    return elements;
}

Value read_after(BufferedStream& stream, const Header& header, const Limits& limits,
                 std::size_t depth, Budget& budget)
{
    if (is_string(header.type)) {
        take_from_budget(budget.bytes, header, header.count, "bytes");
        return {header.type, read_bulk(stream, header.count, limits), {}};
    }
    if (!is_sized(header.type)) return {header.type, std::string(header.text), {}};
    const Type type = header.type;  // the header's text is valid until the first element
    auto elements = read_elements(stream, header, limits, depth, budget);
    // An attribute describes the value after it, which is the one wanted. It counts as a level of
    // depth, so that a chain of attributes cannot overflow the stack.
    if (type == Type::attribute) return read_inner(stream, limits, depth + 1, budget);
    return {type, {}, std::move(elements)};
}

}  // namespace

BadFrame::BadFrame(std::string_view read_bytes, std::string_view expected_words,
                   std::size_t byte_count)
    : std::runtime_error(
          fmt::format("read \"{}\", expected {}", escaped(read_bytes, 64), expected_words)),
      read(read_bytes.substr(0, 64)),
      expected(expected_words),
      bytes(byte_count)
{
}

std::optional<Header> read_header(BufferedStream& stream, const Limits& limits)
{
    const auto line =
        stream.read_line(limits.line_limit == nullptr ? redis_line_limit : limits.line_limit);
    if (!line) {
        if (stream.unread().empty()) return std::nullopt;
        throw Truncated("the peer closed in the middle of a message");
    }
    if (line->empty()) throw BadFrame("", "a value", 2);
    const auto type = static_cast<Type>(line->front());
    const std::string_view text = line->substr(1);
    if (is_sized(type)) return sized_header(type, text);
    check_text(type, text);
    return Header{type, 0, text};
}

std::string read_bulk(BufferedStream& stream, std::uint64_t size, const Limits& limits)
{
    if (size > limits.max_bulk_bytes) {
        const std::string line = fmt::format("${}", size);
        throw BadFrame(line, fmt::format("at most {} bytes", limits.max_bulk_bytes),
                       line.size() + 2);
    }
    std::string bytes = read_block(stream, size);
    const std::string end = read_block(stream, 2);
    if (end != "\r\n") throw BadFrame(end, "CR LF after the string", 2);
    return bytes;
}

std::optional<Value> read_value(BufferedStream& stream, const Limits& limits)
{
    const auto header = read_header(stream, limits);
    if (!header) return std::nullopt;
    Budget budget{limits.max_elements, limits.max_total_bytes};
    return read_after(stream, *header, limits, 0, budget);
}

}  // namespace kv::resp
