#include "server/miniredis/encoder.h"

#include "common/decimal.h"
#include "server/command/integer.h"
#include "server/command/nested.h"

#include <array>
#include <charconv>

namespace kv::miniredis {

namespace {

constexpr std::string_view null_reply = "$-1\r\n";

void write_line(BufferedStream& stream, std::string_view type, std::string_view rest)
{
    stream.write(type);
    stream.write(rest);
    stream.write("\r\n");
}

void write_number(BufferedStream& stream, std::string_view type, std::uint64_t number)
{
    write_line(stream, type, Decimal(number).text());
}

void write_string(BufferedStream& stream, std::string_view bytes)
{
    write_number(stream, "$", bytes.size());
    write_line(stream, {}, bytes);
}

class ValueWriter final : public NestedVisitor {
public:
    explicit ValueWriter(BufferedStream& stream) : stream_(stream) {}

    void null() override { stream_.write(null_reply); }
    void boolean(bool value) override { write_number(stream_, ":", value ? 1 : 0); }
    void integer(std::string_view bytes) override
    {
        const std::string text = integer_text(bytes);
        if (text.find('x') != std::string::npos) return write_string(stream_, text);
        write_line(stream_, ":", text);
    }
    void real(double number) override
    {
        std::array<char, 32> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        write_string(stream_, {text.data(), static_cast<std::size_t>(end - text.data())});
    }
    void text(std::string_view utf8) override { write_string(stream_, utf8); }
    void bytes(std::string_view value) override { write_string(stream_, value); }
    void error(std::string_view text) override { write_line(stream_, "-", text); }
    void begin(Container kind, std::size_t count) override
    {
        write_number(stream_, kind == Container::dict ? "%" : "*", count);
    }
    void end(Container, std::size_t) override {}

private:
    BufferedStream& stream_;
};

void write_value(BufferedStream& stream, const ItemPtr& item)
{
    if (item == nullptr) return stream.write(null_reply);
    ValueWriter writer(stream);
    visit(*item, writer);
}

void write(BufferedStream& stream, const Request&, const Stored&)
{
    stream.write(":1\r\n");
}

void write(BufferedStream& stream, const Request&, const Deleted&)
{
    stream.write(":1\r\n");
}

void write(BufferedStream& stream, const Request& request, const NotFound&)
{
    const bool was_delete = std::holds_alternative<Delete>(request.operation);
    stream.write(was_delete ? ":0\r\n" : null_reply);
}

void write(BufferedStream& stream, const Request&, const OutOfMemory&)
{
    stream.write("-ERR out of memory storing object\r\n");
}

/// In this protocol every request is answered.
void write(BufferedStream&, const Request&, const NoReply&)
{
    throw UnwritableReply();
}

void write(BufferedStream& stream, const Request&, const Found& found)
{
    write_value(stream, found.item);
}

void write(BufferedStream& stream, const Request&, const FoundMany& found)
{
    write_number(stream, "*", found.items.size());
    for (const ItemPtr& item : found.items) write_value(stream, item);
}

void write(BufferedStream& stream, const Request&, const Number& number)
{
    write_number(stream, ":", number.value);
}

void write(BufferedStream& stream, const Request& request, const Refusal& refusal)
{
    write_line(stream, request.closes ? "-ERR Protocol error: " : "-ERR ", refusal.text);
}

}  // namespace

void write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    std::visit([&](const auto& outcome) { write(stream, request, outcome); }, reply);
}

}  // namespace kv::miniredis
