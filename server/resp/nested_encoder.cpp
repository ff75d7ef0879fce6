#include "server/resp/nested_encoder.h"

#include "server/command/integer.h"
#include "server/command/nested.h"
#include "server/resp/wire.h"

#include <array>
#include <charconv>

namespace kv::resp {

namespace {

class NestedEncoder final : public NestedVisitor {
public:
    NestedEncoder(BufferedStream& stream, int version) : stream_(stream), version_(version) {}

    void null() override { stream_.write(version_ == 2 ? "$-1\r\n" : "_\r\n"); }

    void boolean(bool value) override
    {
        if (version_ == 2) return write_number(stream_, ':', value ? 1 : 0);
        stream_.write(value ? "#t\r\n" : "#f\r\n");
    }

    /// What 64 bits cannot hold is a big number where there is such a type; a text else.
    void integer(std::string_view bytes) override
    {
        if (const auto number = small_integer(bytes)) return write_number(stream_, ':', *number);
        const std::string text = integer_text(bytes);
        const bool is_decimal = text.find('x') == std::string::npos;
        if (version_ == 2 || !is_decimal) return write_bulk(stream_, text);
        write_line(stream_, '(', text);
    }

    void real(double number) override
    {
        std::array<char, 32> digits;
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
        if (version_ == 2) return write_bulk(stream_, text);
        write_line(stream_, ',', text);
    }

    void text(std::string_view utf8) override { write_bulk(stream_, utf8); }
    void bytes(std::string_view value) override { write_bulk(stream_, value); }
    void error(std::string_view text) override { write_line(stream_, '-', text); }

    void begin(Container kind, std::size_t count) override
    {
        const bool is_map = kind == Container::dict;
        const bool is_set = kind == Container::set || kind == Container::frozenset;
        if (version_ == 3) {
            write_number(stream_, is_map ? '%' : is_set ? '~' : '*', count);
        } else {
            write_number(stream_, '*', is_map ? 2 * count : count);
        }
    }
    void end(Container, std::size_t) override {}

private:
    BufferedStream& stream_;
    int version_;
};

}  // namespace

void write_nested(BufferedStream& stream, const Item& item, int version)
{
    NestedEncoder encoder(stream, version);
    visit(item, encoder);
}

}  // namespace kv::resp
