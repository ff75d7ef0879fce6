#include "server/command/nested.h"

#include "server/command/integer.h"

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace kv {

namespace {

/// Takes an encoded value apart.
class NestedReader {
public:
    NestedReader(std::string_view encoded, NestedVisitor& visitor)
        : left_(encoded), visitor_(visitor)
    {
    }

    void run()
    {
        do {
            read_value();
        } while (!open_.empty());
        if (!left_.empty()) fail();
    }

private:
    struct Open {
        Container kind;
        std::size_t count;
        std::size_t left;
    };

    [[noreturn]] static void fail()
    {
        throw std::invalid_argument("not the encoding of a nested value");
    }

    std::string_view take(std::size_t count)
    {
        if (count > left_.size()) fail();
        const std::string_view taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }

    std::uint64_t take_number(std::size_t bytes)
    {
        std::uint64_t number = 0;
        unsigned shift = 0;
        for (const char byte : take(bytes)) {
            number |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
            shift += 8;
        }
        return number;
    }

    void read_value()
    {
        const char letter = take(1)[0];
        switch (letter) {
            case 'l':
            case 'u':
            case 'e':
            case 'z':
            case 'm': return begin(static_cast<Container>(letter));
            default: read_scalar(letter); return end_value();
        }
    }

    void read_scalar(char letter)
    {
        switch (letter) {
            case 'n': return visitor_.null();
            case 't':
            case 'f': return visitor_.boolean(letter == 't');
            case 'd': return visitor_.real(std::bit_cast<double>(take_number(8)));
            default: break;
        }
        const bool is_short = letter >= 'a';
        const std::string_view payload = take(take_number(is_short ? 1 : 4));
        switch (is_short ? letter : letter - 'A' + 'a') {
            case 'i': return visitor_.integer(payload);
            case 's': return visitor_.text(payload);
            case 'b': return visitor_.bytes(payload);
            case 'x': return visitor_.error(payload);
            default: fail();
        }
    }

    void begin(Container kind)
    {
        const std::size_t count = take_number(4);
        const std::size_t values = kind == Container::dict ? 2 * count : count;
        // Each value takes at least a byte.
        if (values > left_.size() || open_.size() > max_nested_depth) fail();
        visitor_.begin(kind, count);
        open_.push_back({kind, count, values});
        if (values == 0) end_container();
    }

    void end_value()
    {
        while (!open_.empty() && --open_.back().left == 0) {
            visitor_.end(open_.back().kind, open_.back().count);
            open_.pop_back();
        }
    }

    /// An empty container: ends at once, and is itself a value.
    void end_container()
    {
        visitor_.end(open_.back().kind, 0);
        open_.pop_back();
        end_value();
    }

    std::string_view left_;
    NestedVisitor& visitor_;
    std::vector<Open> open_;
};

}  // namespace

void visit_nested(std::string_view encoded, NestedVisitor& visitor)
{
    NestedReader(encoded, visitor).run();
}

void visit(const Item& item, NestedVisitor& visitor)
{
    switch (item.type) {
        case ItemType::bytes: return visitor.bytes(item.value());
        case ItemType::text: return visitor.text(item.value());
        case ItemType::integer: return visitor.integer(*integer_bytes(item.value()));
        case ItemType::nested: return visit_nested(item.value(), visitor);
        default: return visitor.null();
    }
}

}  // namespace kv
